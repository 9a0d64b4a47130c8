/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of ids, drawn in a terminal: see terminal.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "userns/terminal.h"
#include "userns/text.h"
#include "util/cleanup.h"
#include "util/parse.h"

#define WIDTH_WITHOUT_TERMINAL 80
#define WIDTH_MAX	       400
/* "4294967294" */
#define ID_WIDTH  10
#define CELLS_MAX 256
/* From here there is room for both ends of a range, and how long it is. */
#define WIDTH_OF_FULL_BANDS 72
#define PLAIN		    "\033[0m"
#define DIM		    "90"

/* A cell of a kind that is used has one glyph, or one for each share. */
struct look {
	const char *colour; /* of SGR */
	const char *ascii[4];
	const char *utf8[4];
};

/* Releases of clang-format differ about braces in macros. */
/* clang-format off */
#define ONE(glyph)                                                                                 \
	{                                                                                          \
		glyph, glyph, glyph, glyph                                                         \
	}
/* clang-format on */

static const struct look looks[SPACE_KINDS] = {
	[SPACE_OUTSIDE] = {DIM, ONE(" "), ONE(" ")},
	[SPACE_POOL] = {DIM, ONE("."), ONE("·")},
	[SPACE_HOST] = {"37", ONE("o"), ONE("▪")},
	[SPACE_USER] = {"36", {"-", "=", "%", "#"}, {"░", "▒", "▓", "█"}},
	[SPACE_RESERVED] = {"33", ONE("R"), ONE("R")},
	[SPACE_RETIRED] = {"31", ONE("x"), ONE("×")},
	[SPACE_UNBOOKED] = {"35", ONE("s"), ONE("s")},
};

/* Neighbours that both are users' are told apart by this. */
#define SECOND_USER_COLOUR "94"

static size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint32_t number;

	if (columns && parse_id(columns, &number) == 0 && number > 0)
		return number;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return WIDTH_WITHOUT_TERMINAL;
}

void terminal_of_stdout(struct terminal *ret)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	size_t width = terminal_width();

	width = width > WIDTH_MAX ? WIDTH_MAX : width;
	ret->out = stdout;
	ret->width = width < TERMINAL_WIDTH_MIN ? TERMINAL_WIDTH_MIN : width;
	ret->utf8 = text_locale_is_utf8();
	/* no-color.org: set, and not empty. */
	ret->colours = isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
		       !(term && strcmp(term, "dumb") == 0);
}

static void put(const struct terminal *terminal, const char *colour, const char *text)
{
	if (terminal->colours && colour)
		fprintf(terminal->out, "\033[%sm%s" PLAIN, colour, text);
	else
		fputs(text, terminal->out);
}

/* A name, cut to width columns; gives those it took. */
static size_t put_name(const struct terminal *terminal, const char *colour, struct slice name,
		       size_t width)
{
	char shown[TEXT_SHOWN_SIZE(WIDTH_MAX)];
	size_t columns = text_show(name, width, shown);

	put(terminal, colour, shown);
	return columns;
}

/* ASCII text, broken at blanks. */
static void put_wrapped(const struct terminal *terminal, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > 0 && column + 1 + word > terminal->width) {
			putc('\n', terminal->out);
			column = 0;
		} else if (column > 0) {
			putc(' ', terminal->out);
			column++;
		}
		fprintf(terminal->out, "%.*s", (int)word, text);
		column += word;
		text += word;
		text += strspn(text, " ");
	}
	putc('\n', terminal->out);
}

static const char *glyph_of(const struct terminal *terminal, enum space_kind kind,
			    unsigned int share)
{
	size_t i = share > 0 ? share - 1 : 0;

	return terminal->utf8 ? looks[kind].utf8[i] : looks[kind].ascii[i];
}

static void put_cells(const struct terminal *terminal, const struct drawing *drawing,
		      struct id_range window, size_t count)
{
	struct space_cell cells[CELLS_MAX];

	space_cells(&drawing->space, window, count, cells);
	for (size_t i = 0; i < count; i++) {
		const char *colour = looks[cells[i].kind].colour;

		if (cells[i].kind == SPACE_USER && cells[i].part % 2)
			colour = SECOND_USER_COLOUR;
		put(terminal, colour, glyph_of(terminal, cells[i].kind, cells[i].share));
	}
}

/* Who has ids of the window: some names, and how many more there are. */
static void put_owners(const struct terminal *terminal, const struct drawing *drawing,
		       struct id_range window, size_t width)
{
	const size_t reserve = strlen(" +12345");
	size_t shown = 0, owners = 0, used = 0;
	size_t part = space_find(&drawing->space, window.start);

	if (width < reserve + 4)
		return;
	for (; drawing_next_owner(drawing, window, &part); part++) {
		const struct space_part *p = &drawing->space.parts[part];
		size_t comma = shown ? 2 : 0, room = width - reserve - used;

		if (owners++ > shown || (shown && text_width(p->owner) + comma > room))
			continue;
		if (comma)
			put(terminal, NULL, ", ");
		used += comma + put_name(terminal, looks[p->kind].colour, p->owner, room - comma);
		shown++;
	}
	if (owners > shown)
		fprintf(terminal->out, " +%zu", owners - shown);
}

/* Where systemd's ids begin, go on and end, row by row. */
static const char *bracket_of(const struct terminal *terminal, struct id_range row)
{
	static const char *const ascii[] = {" ", "|", "\\", "/"};
	static const char *const utf8[] = {" ", "│", "┐", "┘"};
	struct id_range systemd = SPACE_SYSTEMD;
	size_t i = 1;

	if (!id_range_overlaps(systemd, row))
		i = 0;
	else if (systemd.start >= row.start)
		i = 2;
	else if (id_range_last(systemd) <= id_range_last(row))
		i = 3;
	return terminal->utf8 ? utf8[i] : ascii[i];
}

/* A power of two, as the ids of a row are, that leaves a third of the width for names. */
static size_t cells_in_row(size_t width)
{
	size_t cells = 8;

	while (cells < 128 && cells * 2 <= (width - ID_WIDTH - 4) * 2 / 3)
		cells *= 2;
	return cells;
}

static void put_row(const struct terminal *terminal, const struct drawing *drawing, size_t index)
{
	struct id_range row = space_row(index);
	size_t cells = cells_in_row(terminal->width), used = ID_WIDTH + 1 + cells;

	fprintf(terminal->out, "%*" PRIu32 " ", ID_WIDTH, row.start);
	put_cells(terminal, drawing, row, cells);
	if (used + 2 <= terminal->width) {
		putc(' ', terminal->out);
		put(terminal, DIM, bracket_of(terminal, row));
		used += 2;
	}
	if (used + 1 < terminal->width) {
		putc(' ', terminal->out);
		put_owners(terminal, drawing, row, terminal->width - used - 1);
	}
	putc('\n', terminal->out);
}

/* An entry of the legend, on a new line where it does not fit. */
static void put_key(const struct terminal *terminal, const char *colour, const char *glyph,
		    const char *text, size_t *column)
{
	/* A glyph takes one column. */
	size_t room = terminal->width - 2, length = strlen(text) < room ? strlen(text) : room;

	if (*column > 0 && *column + 3 + 2 + length > terminal->width) {
		putc('\n', terminal->out);
		*column = 0;
	} else if (*column > 0) {
		fputs("   ", terminal->out);
		*column += 3;
	}
	put(terminal, colour, glyph);
	fprintf(terminal->out, " %.*s", (int)length, text);
	*column += 2 + length;
}

static void put_legend(const struct terminal *terminal, const struct drawing *drawing)
{
	static const char *const shares[] = {"to 1/4", "to 1/2", "more", "all users'"};
	size_t column = 0;

	for (unsigned int i = 1; drawing->totals[SPACE_USER].ids && i <= 4; i++)
		put_key(terminal, looks[SPACE_USER].colour, glyph_of(terminal, SPACE_USER, i),
			shares[i - 1], &column);
	for (enum space_kind kind = SPACE_RESERVED; kind < SPACE_KINDS; kind++)
		if (drawing->totals[kind].ids)
			put_key(terminal, looks[kind].colour, glyph_of(terminal, kind, 0),
				space_kind_name(kind), &column);
	put_key(terminal, looks[SPACE_HOST].colour, glyph_of(terminal, SPACE_HOST, 0),
		space_kind_name(SPACE_HOST), &column);
	if (drawing->policy)
		put_key(terminal, looks[SPACE_POOL].colour, glyph_of(terminal, SPACE_POOL, 0),
			space_kind_name(SPACE_POOL), &column);
	put_key(terminal, DIM, terminal->utf8 ? "│" : "|", "systemd's for containers", &column);
	putc('\n', terminal->out);
}

/* Who a band is: a name, two of many, or what kind of free. */
static void put_band_name(const struct terminal *terminal, const struct drawing *drawing,
			  const struct space_band *band, size_t width)
{
	const struct space_part *first = &drawing->space.parts[band->first];
	const struct space_part *last = &drawing->space.parts[band->last];
	const char *words = space_kind_name(first->kind);
	char count[32];
	size_t used, tail;

	if (band->ranges == 0) {
		put_name(terminal, DIM, slice_of(words), width);
		return;
	}
	if (band->ranges == 1) {
		used = put_name(terminal, looks[first->kind].colour, first->owner, width);
		words = drawing_remark(first);
		if (words && used + 3 + strlen(words) <= width) {
			fprintf(terminal->out, " (%s)", words);
			used += 3 + strlen(words);
		}
		if (first->pinned && used + 2 <= width)
			put(terminal, "32", terminal->utf8 ? " ●" : " *");
		return;
	}
	tail = (size_t)snprintf(count, sizeof(count), ", %zu ranges", band->ranges);
	if (width < tail + 11) {
		put_name(terminal, NULL, (struct slice){count + 2, tail - 2}, width);
		return;
	}
	put_name(terminal, looks[first->kind].colour, first->owner, (width - tail - 3) / 2);
	fputs(" - ", terminal->out);
	put_name(terminal, looks[last->kind].colour, last->owner, (width - tail - 3) / 2);
	fputs(count, terminal->out);
}

/* As long as the band is beside the longest of a user. */
static size_t bar_length(const struct space_band *band, uint64_t longest, size_t width)
{
	uint64_t length = (uint64_t)band->range.count * width / longest;

	length = length > width ? width : length < 1 ? 1 : length;
	return length > band->range.count ? band->range.count : (size_t)length;
}

static void put_band(const struct terminal *terminal, const struct drawing *drawing,
		     const struct space_band *band, uint64_t longest)
{
	bool full = terminal->width >= WIDTH_OF_FULL_BANDS;
	size_t fixed = full ? 3 * (ID_WIDTH + 1) + 1 : ID_WIDTH + 2;
	size_t bar = (terminal->width - fixed) / 3;
	size_t length = bar_length(band, longest, bar);

	if (full)
		fprintf(terminal->out, "%*" PRIu32 "-%-*" PRIu32 " ", ID_WIDTH, band->range.start,
			ID_WIDTH, id_range_last(band->range));
	else
		fprintf(terminal->out, "%*" PRIu32 " ", ID_WIDTH, band->range.start);
	put_cells(terminal, drawing, band->range, length);
	fprintf(terminal->out, "%*s", (int)(bar - length + 1), "");
	if (full)
		fprintf(terminal->out, "%*" PRIu32 " ", ID_WIDTH, band->range.count);
	put_band_name(terminal, drawing, band, terminal->width - fixed - bar);
	putc('\n', terminal->out);
}

static int put_bands(const struct terminal *terminal, const struct drawing *drawing)
{
	CLEANUP_FREE struct space_band *bands = NULL;
	uint64_t longest;
	size_t count;
	int r;

	r = space_bands(&drawing->space, DRAWING_BANDS, &bands, &count);
	if (r < 0)
		return r;
	longest = drawing_longest(drawing, bands, count);
	put_wrapped(terminal,
		    "The ranges in order. A full bar is the longest that a user has, or longer.");
	if (drawing_shows_pin(drawing, bands, count))
		put_wrapped(terminal,
			    terminal->utf8 ? "● has a namespace now." : "* has a namespace now.");
	putc('\n', terminal->out);
	for (size_t i = 0; i < count; i++)
		put_band(terminal, drawing, &bands[i], longest);
	return 0;
}

int terminal_draw(const struct terminal *terminal, const struct drawing *drawing)
{
	char sentences[DRAWING_SENTENCES][DRAWING_SENTENCE_SIZE];

	drawing_summary(drawing, sentences);
	for (size_t i = 0; i < DRAWING_SENTENCES; i++)
		if (sentences[i][0])
			put_wrapped(terminal, sentences[i]);
	put_wrapped(terminal,
		    "Below, each row has as many ids as all above it, from the id at its left.");
	putc('\n', terminal->out);
	for (size_t i = 0; i < SPACE_ROWS; i++)
		put_row(terminal, drawing, i);
	putc('\n', terminal->out);
	put_legend(terminal, drawing);
	putc('\n', terminal->out);
	return put_bands(terminal, drawing);
}
