/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of <owner>:<start>:<count> lines: see idfile.h. Reads and writes as root, without caps. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subid/idfile.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/file.h"

/* About a million lines; a larger file is refused rather than read into memory. */
#define ID_FILE_MAX (64u << 20)

/* Nothing in it, or a comment. */
static bool is_blank(struct slice line)
{
	size_t i = 0;

	while (i < line.length && (line.text[i] == ' ' || line.text[i] == '\t'))
		i++;
	return i == line.length || line.text[i] == '#';
}

static int add_entry(struct id_file *file, const struct id_entry *entry)
{
	struct id_entry *larger =
		array_grow(file->entries, file->count, &file->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	file->entries = larger;
	file->entries[file->count++] = *entry;
	return 0;
}

static int note_malformed(struct id_file *file, unsigned int line, const char *wrong)
{
	if (!file->malformed_lines)
		file->malformed_lines = calloc(MALFORMED_KEPT, sizeof(*file->malformed_lines));
	if (!file->malformed_lines)
		return -ENOMEM;
	if (file->malformed < MALFORMED_KEPT)
		file->malformed_lines[file->malformed] = (struct malformed_line){line, wrong};
	file->malformed++;
	return 0;
}

bool id_file_malformed(const struct id_file *file, unsigned int index, struct reason *ret)
{
	const struct malformed_line *line;

	if (index >= file->malformed || index >= MALFORMED_KEPT)
		return false;
	line = &file->malformed_lines[index];
	refuse(ret, -EINVAL, "%s:%u: malformed line: %s", file->path, line->line, line->wrong);
	return true;
}

int id_file_parse(const char *path, char *text, size_t length, id_entry_parser *parse,
		  struct id_file *ret)
{
	struct id_file file = {.path = path, .text = text, .length = length};
	struct slice rest = {text, length}, line;
	unsigned int number = 0;

	while (next_field(&rest, '\n', &line)) {
		struct id_entry entry = {.line = ++number, .text = line};
		const char *wrong;

		if (is_blank(line))
			continue;
		wrong = parse(line, &entry);
		if ((wrong ? note_malformed(&file, number, wrong) : add_entry(&file, &entry)) < 0) {
			id_file_free(&file);
			return -ENOMEM;
		}
	}
	*ret = file;
	return 0;
}

int id_file_read(const char *path, id_entry_parser *parse, struct id_file *ret, struct reason *why)
{
	struct id_file file = {.path = NULL};
	bool ignored;
	int r;

	r = id_file_refresh(path, parse, &file, &ignored, why);
	if (r == 0)
		*ret = file;
	return r;
}

static bool has_text(const struct id_file *file, const char *text, size_t length)
{
	return file->text && text && file->length == length &&
	       memcmp(file->text, text, length) == 0;
}

int id_file_refresh(const char *path, id_entry_parser *parse, struct id_file *file,
		    bool *ret_changed, struct reason *why)
{
	struct id_file now;
	char *text = NULL;
	size_t length = 0;
	int r;

	r = file_read_trusted(path, ID_FILE_MAX, &text, &length, why);
	if (r < 0 && r != -ENOENT)
		return r;
	if (has_text(file, text, length)) {
		free(text);
		return 0;
	}
	r = id_file_parse(path, text, length, parse, &now);
	if (r < 0)
		return refuse_errno(why, r, "cannot read %s", path);
	id_file_free(file);
	*file = now;
	*ret_changed = true;
	return 0;
}

void id_file_try(const char *path, id_entry_parser *parse, struct id_file *file, bool *ret_changed)
{
	struct reason why = {.text = ""};

	if (id_file_refresh(path, parse, file, ret_changed, &why) == 0)
		return;
	id_file_free(file);
	*file = (struct id_file){.path = path, .unread = why};
	*ret_changed = true;
}

void id_file_free(struct id_file *file)
{
	free(file->malformed_lines);
	free(file->entries);
	free(file->text);
	*file = (struct id_file){.path = NULL};
}

/* A text that grows; the first failure sticks. */
struct buffer {
	FILE *stream;
	char *text;
	size_t length;
};

static void cleanup_buffer(struct buffer *buffer)
{
	if (buffer->stream)
		fclose(buffer->stream);
	free(buffer->text);
}

static void write_line(const struct id_entry *entry, const char *flag, FILE *stream)
{
	bool has_flags = entry->text.text[entry->text.length - 1] != ':';

	fprintf(stream, "%.*s%s%s\n", (int)entry->text.length, entry->text.text,
		has_flags ? "," : "", flag);
}

/* Everything of the old text that the change leaves, and what it adds. */
static void write_changed(const struct id_file *file, const struct id_file_change *change,
			  FILE *stream)
{
	const char *from = file->text, *end = file->text + file->length;

	for (size_t i = 0; change->judge && i < file->count; i++) {
		const struct id_entry *entry = &file->entries[i];
		enum line_fate fate = change->judge(entry, change->argument);

		if (fate == LINE_KEEP)
			continue;
		fwrite(from, 1, (size_t)(entry->text.text - from), stream);
		from = entry->text.text + entry->text.length;
		/* Its newline, which the last line may lack. */
		from += from < end;
		if (fate == LINE_FLAG)
			write_line(entry, change->flag, stream);
	}
	if (from < end)
		fwrite(from, 1, (size_t)(end - from), stream);
	/* libsubid 4.20 refuses a whole file without a final newline. */
	if (from < end && end[-1] != '\n')
		fputc('\n', stream);
	if (change->added)
		fputs(change->added, stream);
}

int id_file_rewrite(const struct id_file *file, const struct id_file_change *change,
		    struct reason *why)
{
	CLEANUP(cleanup_buffer) struct buffer buffer = {.stream = NULL};
	int failed;

	buffer.stream = open_memstream(&buffer.text, &buffer.length);
	if (!buffer.stream)
		return refuse_errno(why, -errno, "cannot write %s", file->path);
	write_changed(file, change, buffer.stream);
	failed = ferror(buffer.stream);
	failed |= fclose(TAKE_PTR(buffer.stream));
	if (failed)
		return refuse_errno(why, -ENOMEM, "cannot write %s", file->path);
	return file_replace(file->path, buffer.text, buffer.length, why);
}

const char *parse_owner_and_range(struct slice *line, struct id_entry *entry)
{
	struct slice start_digits, count_digits;
	uint64_t start, count;

	if (memchr(line->text, '\0', line->length))
		return "there is a NUL byte in it";
	if (!next_field(line, ':', &entry->owner) || !next_field(line, ':', &start_digits) ||
	    !next_field(line, ':', &count_digits))
		return "it has less than three fields";
	if (entry->owner.length == 0)
		return "it names no owner";
	if (parse_number(start_digits, ID_LAST, &start) < 0)
		return "its start is no decimal id below 4294967295";
	if (parse_number(count_digits, ID_LAST, &count) < 0)
		return "its length is no decimal number below 4294967295";
	if (id_range_make(start, count, &entry->range) < 0)
		return "its length is 0, or it goes beyond id 4294967294";
	entry->gid_start = entry->range.start;
	return NULL;
}

bool name_fits_in_files(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length >= ID_OWNER_SIZE || strchr("-+#", name[0]))
		return false;
	if (strspn(name, "0123456789") == length)
		return false;
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == ':' || *c == '/')
			return false;
	return true;
}

void owner_in_files(const char *name, uid_t uid, char ret[static ID_OWNER_SIZE])
{
	if (name_fits_in_files(name))
		snprintf(ret, ID_OWNER_SIZE, "%s", name);
	else
		snprintf(ret, ID_OWNER_SIZE, "%u", uid);
}
