# SPDX-License-Identifier: BSD-3-Clause
# Where new ranges come to lie: the policy, real accounts, live namespaces, other programs.

load common

policy=/etc/security/userns.conf

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	rm -f "$policy" /run/nss.knows
	sed -i -E 's/^(passwd|group): hang /\1: /' /etc/nsswitch.conf
}

@test "range = gives a user just this range, also outside the pool" {
	new_user fixed
	printf '[user fixed]\nrange = 1900000000-1900065535\n' > "$policy"
	login_as fixed
	reported 'open 0'
	[ "$(range_of "$uid")" = 1900000000:65536 ]
	one_range_everywhere fixed
	# It does not change once it is given.
	printf '[user fixed]\nrange = 1910000000-1910065535\n' > "$policy"
	login_as fixed
	reported 'open 0'
	[ "$(range_of "$uid")" = 1900000000:65536 ]
}

@test "range = that meets somebody else's is an error, and no other place is taken" {
	new_user holder
	login_as holder
	range=$(range_of "$uid")
	new_user wisher
	printf '[user wisher]\nrange = %s-%s\n' "${range%:*}" $((${range%:*} + 65535)) > "$policy"
	refused wisher "(range =) meets"
}

@test "allocate = by-uid is computed from the uid, and a taken slot is an error" {
	new_user slotted
	printf '[default]\nallocate = by-uid\n' > "$policy"
	login_as slotted
	# The default pool has 28664 slots of 65536.
	[ "$(range_of "$uid")" = "$((524288 + uid % 28664 * 65536)):65536" ]
	useradd -M -u $((uid + 28664)) -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 same
	refused same "(allocate = by-uid) meets"
}

@test "a larger size adds a range, the old one stays, and the map grows" {
	new_user grown
	login_as grown
	first=$(range_of "$uid")
	printf '[default]\nsize = 2M\n' > "$policy"
	login_as grown /bin/sh -c "nsenter --user=/run/userns/$uid/user cat /proc/self/uid_map > /tmp/grown.map"
	reported 'open 0'
	[ "$(range_of "$uid" | head -n 1)" = "$first" ]
	second=$(range_of "$uid" | tail -n 1)
	[ "${second#*:}" = $((2 * 1048576 - 65536)) ]
	[ "$(cat /tmp/grown.map)" = "$(expected_map "$uid" "$first"; printf '%10u %10u %10u\n' 65537 "${second%:*}" "${second#*:}")" ]
	[ "$(grep -c ^grown: /etc/subuid)" = 2 ]
	[ "$(grep -c ^grown: /etc/subgid)" = 2 ]
	# A smaller one takes nothing away.
	rm "$policy"
	login_as grown
	[ "$(range_of "$uid" | wc -l)" = 2 ]
}

@test "avoid and real-ids are kept clear of" {
	new_user around
	printf '[host]\npool = 1000000000-1000300000\navoid = 1000000000-1000000001, 1000065536-1000100000\nreal-ids = 1000131072-1000150000\n' > "$policy"
	login_as around
	# 1000013824 is the pool's first multiple of 65536.
	[ "$(range_of "$uid")" = 1000210432:65536 ]
}

@test "real users and groups in the pool are kept clear of" {
	new_user careful
	useradd -M -u 1100000100 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 -N realuser
	groupadd -g 1100070000 realgroup
	printf '[host]\npool = 1099956224-1100200000\n' > "$policy"
	login_as careful
	reported 'open 0'
	range=$(range_of "$uid")
	for id in 1100000100 1100070000; do
		[ "$id" -lt "${range%:*}" ] || [ "$id" -ge $((${range%:*} + 65536)) ]
	done
}

@test "a range in one file alone: what the other gets is new, and kept clear of avoid, real-ids and a directory's users" {
	printf '[host]\navoid = 1150000000-1150000009\nreal-ids = 1150100000-1150100009\n' > "$policy"
	for start in 1150000000 1150100000; do
		new_user "half$start"
		echo "half$start:$start:65536" >> /etc/subgid
		refused "half$start" "is for one of uids and gids alone, and for the other it meets ids to be avoided or in use, $start:10"
		# The admin says that both are.
		echo "half$start:$start:65536" >> /etc/subuid
		login_as "half$start"
		reported 'open 0'
		one_range_everywhere "half$start"
	done
	cp "$top/build/system/tests/system/libnss_hang.so.2" /usr/lib/
	ldconfig
	sed -i -E 's/^(passwd|group): */\1: hang /' /etc/nsswitch.conf
	echo 1150265535 > /run/nss.knows
	new_user half3
	echo "half3:1150200000:65536" >> /etc/subgid
	refused half3 "half3's range 1150200000:65536 holds 1150265535, which is a real user's id"
	rm /run/nss.knows
	login_as half3
	reported 'open 0'
	one_range_everywhere half3
}

@test "what a live namespace of root's maps is kept clear of, for as long as it lives" {
	new_user besides
	printf '[host]\npool = 1199964160-1200200000\n' > "$policy"
	unshare --user sleep 60 &
	container=$!
	eventually in_own_namespace "$container"
	echo 0 1199964160 65536 > "/proc/$container/uid_map"
	login_as besides
	kill "$container"
	[ "$(range_of "$uid")" = 1200029696:65536 ]
}

@test "so it is where the map is ids to themselves; one of all the host's ids takes none" {
	new_user besides3
	printf '[host]\npool = 1399980032-1400200000\n' > "$policy"
	unshare --user sleep 60 &
	container=$!
	unshare --user sleep 60 &
	hosts=$!
	eventually in_own_namespace "$container"
	eventually in_own_namespace "$hosts"
	echo 1399980032 1399980032 65536 > "/proc/$container/uid_map"
	echo 0 0 4294967295 > "/proc/$hosts/uid_map"
	login_as besides3
	kill "$container" "$hosts"
	[ "$(range_of "$uid")" = 1400045568:65536 ]
}

@test "Incus's ids are kept clear of where it is installed" {
	new_user besides2
	printf '[host]\npool = 983040-1001200000\n' > "$policy"
	touch /usr/sbin/incusd
	login_as besides2
	rm /usr/sbin/incusd
	range=$(range_of "$uid")
	[ "${range%:*}" -ge 1001000000 ]
}

@test "a full pool says how much is left, where, and what gives more" {
	new_user late
	printf '[host]\npool = 1300000000-1300050000\navoid = 1300000000-1300020000\n[default]\nsize = 32768\n' > "$policy"
	refused late 'the pool 1300000000-1300050000 has 30000 left, at most 30000 in a row (from 1300020001); a larger pool, a smaller size'
}

@test "a user who has something keeps it where there is no room to grow" {
	new_user stuck
	login_as stuck
	range=$(range_of "$uid")
	printf '[host]\npool = 1400000000-1400200000\navoid = 1400000000-1400200000\n[default]\nsize = 128K\n' > "$policy"
	login_as stuck
	reported 'open 0'
	[ "$(range_of "$uid")" = "$range" ]
	userns_log | grep -q 'stuck stays at 65536 ids: no 65536 ids in a row, from a multiple of 65536, are free'
}

@test "another source of subordinate ids: its ranges are used, nothing is written, an error is not none" {
	new_user elsewhere
	new_user unlisted
	new_user unknown
	cat > /tmp/plugin.c <<-'EOF'
		#include <shadow/subid.h>
		#include <stdlib.h>
		#include <string.h>
		enum subid_status shadow_subid_has_range(const char *o, unsigned long s, unsigned long c, enum subid_type t, bool *r)
		{ (void)o; (void)s; (void)c; (void)t; *r = true; return SUBID_STATUS_SUCCESS; }
		enum subid_status shadow_subid_find_subid_owners(unsigned long id, enum subid_type t, uid_t **u, int *c)
		{ (void)id; (void)t; (void)u; *c = 0; return SUBID_STATUS_SUCCESS; }
		void shadow_subid_free(void *p) { free(p); }
		enum subid_status shadow_subid_list_owner_ranges(const char *owner, enum subid_type t, struct subid_range **r, int *n)
		{
			(void)t;
			*n = 0;
			if (strcmp(owner, "unknown") == 0)
				return SUBID_STATUS_ERROR_CONN;
			if (strcmp(owner, "elsewhere") != 0)
				return SUBID_STATUS_SUCCESS;
			*r = malloc(sizeof(**r));
			(*r)[0].start = 1500000000;
			(*r)[0].count = 65536;
			*n = 1;
			return SUBID_STATUS_SUCCESS;
		}
	EOF
	gcc -shared -fPIC -o "/usr/lib/$(gcc -print-multiarch)/libsubid_test.so" /tmp/plugin.c
	copies=$(cat /etc/subuid /etc/subgid | cksum)
	echo 'subid: test' >> /etc/nsswitch.conf
	login_as elsewhere
	first=$(head -n 1 "$report")
	login_as elsewhere
	second=$(head -n 1 "$report")
	turned_away unlisted "takes subordinate ids from 'test', which gives unlisted none"
	turned_away unknown "libsubid cannot say which subordinate uids 'unknown' has"
	sed -i '/^subid:/d' /etc/nsswitch.conf
	[ "$first" = 'open 0' ]
	[ "$second" = 'open 0' ]
	[ "$(cat /etc/subuid /etc/subgid | cksum)" = "$copies" ]
	[ "$(range_of "$(id -u elsewhere)")" = 1500000000:65536 ]
}
