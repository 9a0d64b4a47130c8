# SPDX-License-Identifier: BSD-3-Clause
# Targets: all (the default), build-deps, deps, install, uninstall, demo, check, check-slow,
# check-fresh, check-vm, suites, bench, format, clean. README.md and HACKING.md say what they do.
# Parts of them: unit-tests, run-unit-tests, system-tests and thread-tests are the tests' programs;
# slow-deps, suites-deps, root-deps and vm-deps install what the others need beyond deps.

VERSION = 0.1

# Make's own default is cc.
ifeq ($(origin CC),default)
CC = gcc
endif
BUILD   ?= build
CFLAGS  ?= -O2 -g
PKGCONF ?= pkg-config

# Where things go. LIBEXECDIR, RUNDIR, STATEDIR, SYSCONFDIR and VENDORDIR are compiled in.
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR     ?= $(PREFIX)/share/man
DOCDIR     ?= $(PREFIX)/share/doc/pam_userns
SYSCONFDIR ?= /etc
VENDORDIR  ?= $(PREFIX)/lib
RUNDIR     ?= /run/userns
STATEDIR   ?= /var/lib/userns
PAMDIR     ?= /usr/lib/$(shell $(CC) -print-multiarch)/security

# What makes it part of a system: each can be set to nothing, and is then left out.
SYSTEMDSYSTEMUNITDIR ?= $(PREFIX)/lib/systemd/system
SYSTEMDUSERUNITDIR   ?= $(PREFIX)/lib/systemd/user
TMPFILESDIR          ?= $(PREFIX)/lib/tmpfiles.d
PAMCONFIGSDIR        ?= /usr/share/pam-configs
BASHCOMPLETIONDIR    ?= $(PREFIX)/share/bash-completion/completions

# debian/control of the distribution names them alike on Debian 12 and 13.
BUILD_DEPS = gcc libc6-dev pkg-config libpam0g-dev libsubid-dev libcap-dev libeconf-dev \
             libsmartcols-dev libmount-dev libselinux1-dev
DEMO_DEPS  = iproute2 openssh-server openssh-client uidmap podman crun bubblewrap busybox-static passwd
CHECK_DEPS = procps time clang clang-format libcmocka-dev bats pamtester strace perl-base libcap2-bin binutils \
             shellcheck mandoc login python3 sudo opendoas dropbear-bin systemd bash-completion hyperfine
# Daemons start when they are installed: sshd, which the demo is about, is the only one that "check"
# asks for.
SLOW_DEPS  = slapd nslcd libnss-ldapd ldap-utils cron at dbus libpam-systemd systemd-container e2fsprogs \
             proftpd-core proftpd-mod-crypto buildah skopeo runc lxc rootlesskit
# To build other programs from their source packages.
SUITES_DEPS = meson ninja-build python3-seccomp dpkg-dev xz-utils patch make
# Clean systems, and machines that boot.
ROOT_DEPS  = debootstrap
VM_DEPS    = $(ROOT_DEPS) systemd-container qemu-system-x86 e2fsprogs bsdutils openssh-client openssh-server \
             dpkg bats
DEPS       = $(BUILD_DEPS) $(DEMO_DEPS) $(CHECK_DEPS)

WERROR  ?= -Werror
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wconversion $(WERROR)
HARDEN   = -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
ALL_CFLAGS  = -std=gnu11 -D_GNU_SOURCE -I. -I$(BUILD) -MMD -MP $(WARNINGS) $(HARDEN) $(CPPFLAGS) \
              $(CFLAGS) $(PKG_CFLAGS)
ALL_LDFLAGS = -Wl,-z,relro -Wl,-z,now -Wl,--as-needed $(LDFLAGS)

# Asked once, and not before something is compiled: "deps" may have to install pkg-config first.
PACKAGES_LINKED = smartcols libeconf libcap mount libselinux
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $(PKGCONF) --cflags $(PACKAGES_LINKED)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(shell $(PKGCONF) --libs $(PACKAGES_LINKED)))$(PKG_LIBS)

objects = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(2))

# All but the module are one archive, of which each program takes what its main file leads to; and
# of the libraries it is linked with those that it then needs.
MAINS    = helper/main.c userns/main.c userns/show.c newidmap/main.c
SOURCES  = $(filter-out $(MAINS),$(wildcard $(addsuffix /*.c,util conf subid namespace traces helper userns newidmap)))
MODULE   = $(wildcard pam_userns/*.c) util/parse.c util/reason.c
ARCHIVE  = $(BUILD)/userns.a
PROGRAMS = $(BUILD)/userns-helper $(BUILD)/userns $(BUILD)/userns-show $(BUILD)/newidmap
MANPAGES = $(wildcard man/*.[1-8])
UNIT_TESTS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))

all: $(BUILD)/pam_userns.so $(PROGRAMS)

$(BUILD)/pam_userns.so: $(call objects,pic,$(MODULE)) pam_userns/pam_userns.map
	$(CC) -shared $(ALL_LDFLAGS) -Wl,-z,defs -Wl,--version-script=pam_userns/pam_userns.map \
		-o $@ $(filter %.o,$^) -lpam

$(BUILD)/userns-helper: $(call objects,obj,helper/main.c)
$(BUILD)/userns: $(call objects,obj,userns/main.c)
# What prints tables is a program of its own, as it takes time to load their library.
$(BUILD)/userns-show: $(call objects,obj,userns/show.c)
$(BUILD)/newidmap: $(call objects,obj,newidmap/main.c)
$(PROGRAMS): $(ARCHIVE)
	$(CC) -pie $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVE) $(PKG_LIBS) -lsubid

# Thin, as files of different folders are called alike; anew, as one may have gone.
$(ARCHIVE): $(call objects,obj,$(SOURCES))
	rm -f $@
	$(AR) rcsT $@ $^

$(BUILD)/obj/%.o: %.c $(BUILD)/config.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIE -c -o $@ $<

$(BUILD)/pic/%.o: %.c $(BUILD)/config.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIC -c -o $@ $<

# Written only when a path or a flag changes, so that everything is built anew just then.
$(BUILD)/config.h: force
	@mkdir -p $(@D)
	@echo '/* $(CC) $(ALL_CFLAGS) */' > $@.new
	@printf '#define USERNS_%s "%s"\n' VERSION '$(VERSION)' RUNDIR '$(RUNDIR)' \
		STATEDIR '$(STATEDIR)' HELPER '$(LIBEXECDIR)/userns-helper' \
		SHOW '$(LIBEXECDIR)/userns/userns-show' PROGRAMS '$(LIBEXECDIR)/userns/bin' \
		POLICY '$(SYSCONFDIR)/security/userns.conf' \
		POLICY_RUN /run/security POLICY_VENDOR '$(VENDORDIR)/security' >> $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# Files of conf/DIRECTORY, with the places of this build filled in: to, DIRECTORY, files.
define install_conf
@test -z '$(1)' || for file in $(3); do \
	source=conf/$(2)/$$file; test -e $$source || source=$$source.in; \
	mkdir -p "$$(dirname '$(DESTDIR)$(1)'/$$file)" && \
	sed 's|@BINDIR@|$(BINDIR)|g; s|@LIBEXECDIR@|$(LIBEXECDIR)|g; s|@RUNDIR@|$(RUNDIR)|g' \
		$$source > '$(DESTDIR)$(1)'/$$file && \
	chmod 644 '$(DESTDIR)$(1)'/$$file || exit; \
done
endef

# The pages have the places of a build with nothing set; these are of this one.
PAGE_PLACES = s|/usr/local/bin|$(BINDIR)|g; s|/usr/local/libexec|$(LIBEXECDIR)|g; \
	s|/usr/local/lib/security|$(VENDORDIR)/security|g; s|/etc/security|$(SYSCONFDIR)/security|g; \
	s|/usr/local/lib/systemd/system|$(or $(SYSTEMDSYSTEMUNITDIR),$(PREFIX)/lib/systemd/system)|g; \
	s|/usr/local/lib/tmpfiles\.d|$(or $(TMPFILESDIR),$(PREFIX)/lib/tmpfiles.d)|g; \
	s|/usr/local/share/doc/pam_userns|$(DOCDIR)|g; s|/run/userns|$(RUNDIR)|g; s|/var/lib/userns|$(STATEDIR)|g

install: all
	install -D -m 644 $(BUILD)/pam_userns.so '$(DESTDIR)$(PAMDIR)/pam_userns.so'
	install -D -m 755 $(BUILD)/userns-helper '$(DESTDIR)$(LIBEXECDIR)/userns-helper'
	install -D -m 755 $(BUILD)/userns-show '$(DESTDIR)$(LIBEXECDIR)/userns/userns-show'
	install -D -m 755 $(BUILD)/userns '$(DESTDIR)$(BINDIR)/userns'
	install -D -m 755 $(BUILD)/newidmap '$(DESTDIR)$(LIBEXECDIR)/userns/bin/newuidmap'
	ln -sf newuidmap '$(DESTDIR)$(LIBEXECDIR)/userns/bin/newgidmap'
	for page in $(MANPAGES); do \
		target='$(DESTDIR)$(MANDIR)'/man$${page##*.}/$${page##*/}; \
		mkdir -p "$${target%/*}" && sed '$(PAGE_PLACES)' $$page > "$$target" && chmod 644 "$$target" || exit; \
	done
	for example in conf/examples/*.conf; do \
		install -D -m 644 $$example '$(DESTDIR)$(DOCDIR)'/examples/$${example##*/} || exit; \
	done
	test -e '$(DESTDIR)$(SYSCONFDIR)/security/userns.conf' || \
		install -D -m 644 conf/userns.conf '$(DESTDIR)$(SYSCONFDIR)/security/userns.conf'
	$(call install_conf,$(SYSTEMDSYSTEMUNITDIR),systemd,userns-gc.service userns-gc.timer user@.service.d/50-userns.conf)
	$(call install_conf,$(SYSTEMDUSERUNITDIR),systemd/user,userns-podman.service)
	$(call install_conf,$(TMPFILESDIR),tmpfiles.d,userns.conf)
	$(call install_conf,$(PAMCONFIGSDIR),pam-configs,userns)
	test -z '$(BASHCOMPLETIONDIR)' || \
		install -D -m 644 conf/completion/userns.bash '$(DESTDIR)$(BASHCOMPLETIONDIR)/userns'

# What "install" writes, but for the policy, which is the admin's; and the directories that are only its own.
uninstall:
	rm -f '$(DESTDIR)$(PAMDIR)/pam_userns.so' '$(DESTDIR)$(LIBEXECDIR)/userns-helper' \
		'$(DESTDIR)$(LIBEXECDIR)'/userns/userns-show '$(DESTDIR)$(LIBEXECDIR)'/userns/bin/new[ug]idmap \
		'$(DESTDIR)$(BINDIR)/userns'
	for page in $(MANPAGES); do \
		rm -f '$(DESTDIR)$(MANDIR)'/man$${page##*.}/$${page##*/} || exit; \
	done
	for example in conf/examples/*.conf; do \
		rm -f '$(DESTDIR)$(DOCDIR)'/examples/$${example##*/} || exit; \
	done
	test -z '$(SYSTEMDSYSTEMUNITDIR)' || rm -f '$(DESTDIR)$(SYSTEMDSYSTEMUNITDIR)'/userns-gc.service \
		'$(DESTDIR)$(SYSTEMDSYSTEMUNITDIR)'/userns-gc.timer \
		'$(DESTDIR)$(SYSTEMDSYSTEMUNITDIR)'/user@.service.d/50-userns.conf
	test -z '$(SYSTEMDUSERUNITDIR)' || rm -f '$(DESTDIR)$(SYSTEMDUSERUNITDIR)/userns-podman.service'
	test -z '$(TMPFILESDIR)' || rm -f '$(DESTDIR)$(TMPFILESDIR)/userns.conf'
	test -z '$(PAMCONFIGSDIR)' || rm -f '$(DESTDIR)$(PAMCONFIGSDIR)/userns'
	test -z '$(BASHCOMPLETIONDIR)' || rm -f '$(DESTDIR)$(BASHCOMPLETIONDIR)/userns'
	for dir in '$(LIBEXECDIR)/userns/bin' '$(LIBEXECDIR)/userns' '$(DOCDIR)/examples' '$(DOCDIR)' \
		'$(SYSTEMDSYSTEMUNITDIR)/user@.service.d'; do \
		test ! -d '$(DESTDIR)'"$$dir" || rmdir --ignore-fail-on-non-empty '$(DESTDIR)'"$$dir" || exit; \
	done

# Asks apt-get only for what is missing, so that who is not root can build with all of it there.
build-deps: PACKAGES = $(BUILD_DEPS)
deps: PACKAGES = $(DEPS)
slow-deps: PACKAGES = $(SLOW_DEPS)
suites-deps: PACKAGES = $(SUITES_DEPS)
root-deps: PACKAGES = $(ROOT_DEPS)
vm-deps: PACKAGES = $(VM_DEPS)
build-deps deps slow-deps suites-deps root-deps vm-deps:
	@missing=; for p in $(PACKAGES); do \
		dpkg-query -W -f '$${db:Status-Status}' "$$p" 2>/dev/null | grep -qx installed || \
			missing="$$missing $$p"; \
	done; \
	test -z "$$missing" || { \
		apt-get update && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; }

demo: deps
	$(MAKE) BUILD=build/system PREFIX=/usr all
	tests/system/demo

check: deps
	tests/check

# The tests that need daemons, a booted systemd, every container engine, or minutes.
check-slow: deps slow-deps
	tests/check tests/system/slow/*.bats

# README.md's commands on a minimal Debian 12 and 13.
check-fresh: root-deps
	tests/fresh

# The packages, on clean machines with Debian 12 and 13 that boot.
check-vm: vm-deps
	tests/vm/check

# bubblewrap's and util-linux's own tests, inside; needs a package archive.
suites: deps suites-deps
	$(MAKE) BUILD=build/system PREFIX=/usr all
	tests/system/suites

# Figures as ratios against something else in the same run.
bench: deps
	$(MAKE) BUILD=build/system PREFIX=/usr all build/system/tests/bench/libsubid_read
	tests/bench/ranges
	tests/bench/policy
	tests/bench/nested

# What tests/check runs, after a build with both compilers.
$(BUILD)/tests/unit/%: tests/unit/%.c $(ARCHIVE)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIE -pie $(ALL_LDFLAGS) -o $@ $< $(ARCHIVE) $(PKG_LIBS) -lcmocka -lsubid

# In it a process goes on to another namespace as its maps are about to be read.
$(BUILD)/tests/unit/test_live: ALL_LDFLAGS += -Wl,--wrap=maps_read

$(BUILD)/tests/system/pamhost: tests/system/pamhost.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIE -pie $(ALL_LDFLAGS) -o $@ $< -lpam

$(BUILD)/tests/system/pamthreads: tests/system/pamthreads.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIE -pie $(ALL_LDFLAGS) -o $@ $< -lpam -pthread

$(BUILD)/tests/system/fleeting: tests/system/fleeting.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIE -pie $(ALL_LDFLAGS) -o $@ $<

$(BUILD)/tests/system/libnss_hang.so.2: tests/system/nss_hang.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIC -shared $(ALL_LDFLAGS) -o $@ $<

$(BUILD)/tests/bench/libsubid_read: tests/bench/libsubid_read.c $(BUILD)/config.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIE -pie $(ALL_LDFLAGS) -o $@ $< -lsubid

unit-tests: $(UNIT_TESTS)
run-unit-tests: unit-tests
	set -e; for test in $(UNIT_TESTS); do $$test; done
system-tests: all $(BUILD)/tests/system/pamhost $(BUILD)/tests/system/pamthreads \
              $(BUILD)/tests/system/libnss_hang.so.2 $(BUILD)/tests/system/fleeting
# The module, and a host with threads, where ThreadSanitizer sees both.
thread-tests: $(BUILD)/pam_userns.so $(BUILD)/tests/system/pamthreads

format:
	clang-format -i $$(git ls-files '*.[ch]')

clean:
	rm -rf build

.PHONY: all install uninstall build-deps deps slow-deps suites-deps root-deps vm-deps demo check check-slow \
        check-fresh check-vm suites bench unit-tests run-unit-tests system-tests thread-tests format clean \
        force
.DELETE_ON_ERROR:

-include $(shell find $(BUILD)/obj $(BUILD)/pic $(BUILD)/tests -name '*.d' 2>/dev/null)
