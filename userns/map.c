/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of ids, drawn in a terminal: see map.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "userns/map.h"
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

void map_style_of_stdout(struct map_style *ret)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	size_t width = terminal_width();

	width = width > WIDTH_MAX ? WIDTH_MAX : width;
	ret->out = stdout;
	ret->width = width < MAP_WIDTH_MIN ? MAP_WIDTH_MIN : width;
	ret->utf8 = text_locale_is_utf8();
	/* no-color.org: set, and not empty. */
	ret->colours = isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
		       !(term && strcmp(term, "dumb") == 0);
}

static void put(const struct map_style *style, const char *colour, const char *text)
{
	if (style->colours && colour)
		fprintf(style->out, "\033[%sm%s" PLAIN, colour, text);
	else
		fputs(text, style->out);
}

/* A name, cut to width columns; gives those it took. */
static size_t put_name(const struct map_style *style, const char *colour, struct slice name,
		       size_t width)
{
	char shown[TEXT_SHOWN_SIZE(WIDTH_MAX)];
	size_t columns = text_show(name, width, shown);

	put(style, colour, shown);
	return columns;
}

/* ASCII text, broken at blanks. */
static void put_wrapped(const struct map_style *style, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > 0 && column + 1 + word > style->width) {
			putc('\n', style->out);
			column = 0;
		} else if (column > 0) {
			putc(' ', style->out);
			column++;
		}
		fprintf(style->out, "%.*s", (int)word, text);
		column += word;
		text += word;
		text += strspn(text, " ");
	}
	putc('\n', style->out);
}

static const char *glyph_of(const struct map_style *style, enum space_kind kind, unsigned int share)
{
	size_t i = share > 0 ? share - 1 : 0;

	return style->utf8 ? looks[kind].utf8[i] : looks[kind].ascii[i];
}

static void put_cells(const struct map_style *style, const struct drawing *drawing,
		      struct id_range window, size_t count)
{
	struct space_cell cells[CELLS_MAX];

	space_cells(&drawing->space, window, count, cells);
	for (size_t i = 0; i < count; i++) {
		const char *colour = looks[cells[i].kind].colour;

		if (cells[i].kind == SPACE_USER && cells[i].part % 2)
			colour = SECOND_USER_COLOUR;
		put(style, colour, glyph_of(style, cells[i].kind, cells[i].share));
	}
}

/* Who has ids of the window: some names, and how many more there are. */
static void put_owners(const struct map_style *style, const struct drawing *drawing,
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
			put(style, NULL, ", ");
		used += comma + put_name(style, looks[p->kind].colour, p->owner, room - comma);
		shown++;
	}
	if (owners > shown)
		fprintf(style->out, " +%zu", owners - shown);
}

/* Where systemd's ids begin, go on and end, row by row. */
static const char *bracket_of(const struct map_style *style, struct id_range row)
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
	return style->utf8 ? utf8[i] : ascii[i];
}

/* A power of two, as the ids of a row are, that leaves a third of the width for names. */
static size_t cells_in_row(size_t width)
{
	size_t cells = 8;

	while (cells < 128 && cells * 2 <= (width - ID_WIDTH - 4) * 2 / 3)
		cells *= 2;
	return cells;
}

static void put_row(const struct map_style *style, const struct drawing *drawing, size_t index)
{
	struct id_range row = space_row(index);
	size_t cells = cells_in_row(style->width), used = ID_WIDTH + 1 + cells;

	fprintf(style->out, "%*" PRIu32 " ", ID_WIDTH, row.start);
	put_cells(style, drawing, row, cells);
	if (used + 2 <= style->width) {
		putc(' ', style->out);
		put(style, DIM, bracket_of(style, row));
		used += 2;
	}
	if (used + 1 < style->width) {
		putc(' ', style->out);
		put_owners(style, drawing, row, style->width - used - 1);
	}
	putc('\n', style->out);
}

/* An entry of the legend, on a new line where it does not fit. */
static void put_key(const struct map_style *style, const char *colour, const char *glyph,
		    const char *text, size_t *column)
{
	/* A glyph takes one column. */
	size_t room = style->width - 2, length = strlen(text) < room ? strlen(text) : room;

	if (*column > 0 && *column + 3 + 2 + length > style->width) {
		putc('\n', style->out);
		*column = 0;
	} else if (*column > 0) {
		fputs("   ", style->out);
		*column += 3;
	}
	put(style, colour, glyph);
	fprintf(style->out, " %.*s", (int)length, text);
	*column += 2 + length;
}

static void put_legend(const struct map_style *style, const struct drawing *drawing)
{
	static const char *const shares[] = {"to 1/4", "to 1/2", "more", "all users'"};
	size_t column = 0;

	for (unsigned int i = 1; drawing->totals[SPACE_USER].ids && i <= 4; i++)
		put_key(style, looks[SPACE_USER].colour, glyph_of(style, SPACE_USER, i),
			shares[i - 1], &column);
	for (enum space_kind kind = SPACE_RESERVED; kind < SPACE_KINDS; kind++)
		if (drawing->totals[kind].ids)
			put_key(style, looks[kind].colour, glyph_of(style, kind, 0),
				space_kind_name(kind), &column);
	put_key(style, looks[SPACE_HOST].colour, glyph_of(style, SPACE_HOST, 0),
		space_kind_name(SPACE_HOST), &column);
	if (drawing->policy)
		put_key(style, looks[SPACE_POOL].colour, glyph_of(style, SPACE_POOL, 0),
			space_kind_name(SPACE_POOL), &column);
	put_key(style, DIM, style->utf8 ? "│" : "|", "systemd's for containers", &column);
	putc('\n', style->out);
}

/* Who a band is: a name, two of many, or what kind of free. */
static void put_band_name(const struct map_style *style, const struct drawing *drawing,
			  const struct space_band *band, size_t width)
{
	const struct space_part *first = &drawing->space.parts[band->first];
	const struct space_part *last = &drawing->space.parts[band->last];
	const char *words = space_kind_name(first->kind);
	char count[32];
	size_t used, tail;

	if (band->ranges == 0) {
		put_name(style, DIM, slice_of(words), width);
		return;
	}
	if (band->ranges == 1) {
		used = put_name(style, looks[first->kind].colour, first->owner, width);
		words = drawing_remark(first);
		if (words && used + 3 + strlen(words) <= width) {
			fprintf(style->out, " (%s)", words);
			used += 3 + strlen(words);
		}
		if (first->pinned && used + 2 <= width)
			put(style, "32", style->utf8 ? " ●" : " *");
		return;
	}
	tail = (size_t)snprintf(count, sizeof(count), ", %zu ranges", band->ranges);
	if (width < tail + 11) {
		put_name(style, NULL, (struct slice){count + 2, tail - 2}, width);
		return;
	}
	put_name(style, looks[first->kind].colour, first->owner, (width - tail - 3) / 2);
	fputs(" - ", style->out);
	put_name(style, looks[last->kind].colour, last->owner, (width - tail - 3) / 2);
	fputs(count, style->out);
}

/* As long as the band is beside the longest of a user. */
static size_t bar_length(const struct space_band *band, uint64_t longest, size_t width)
{
	uint64_t length = (uint64_t)band->range.count * width / longest;

	length = length > width ? width : length < 1 ? 1 : length;
	return length > band->range.count ? band->range.count : (size_t)length;
}

static void put_band(const struct map_style *style, const struct drawing *drawing,
		     const struct space_band *band, uint64_t longest)
{
	bool full = style->width >= WIDTH_OF_FULL_BANDS;
	size_t fixed = full ? 3 * (ID_WIDTH + 1) + 1 : ID_WIDTH + 2;
	size_t bar = (style->width - fixed) / 3;
	size_t length = bar_length(band, longest, bar);

	if (full)
		fprintf(style->out, "%*" PRIu32 "-%-*" PRIu32 " ", ID_WIDTH, band->range.start,
			ID_WIDTH, id_range_last(band->range));
	else
		fprintf(style->out, "%*" PRIu32 " ", ID_WIDTH, band->range.start);
	put_cells(style, drawing, band->range, length);
	fprintf(style->out, "%*s", (int)(bar - length + 1), "");
	if (full)
		fprintf(style->out, "%*" PRIu32 " ", ID_WIDTH, band->range.count);
	put_band_name(style, drawing, band, style->width - fixed - bar);
	putc('\n', style->out);
}

static int put_bands(const struct map_style *style, const struct drawing *drawing)
{
	CLEANUP_FREE struct space_band *bands = NULL;
	uint64_t longest;
	size_t count;
	int r;

	r = space_bands(&drawing->space, DRAWING_BANDS, &bands, &count);
	if (r < 0)
		return r;
	longest = drawing_longest(drawing, bands, count);
	put_wrapped(
		style,
		"The ranges in order. A bar is as long as its range, to the longest of a user.");
	if (drawing_shows_pin(drawing, bands, count))
		put_wrapped(style,
			    style->utf8 ? "● has a namespace now." : "* has a namespace now.");
	putc('\n', style->out);
	for (size_t i = 0; i < count; i++)
		put_band(style, drawing, &bands[i], longest);
	return 0;
}

int map_draw(const struct map_style *style, const struct drawing *drawing)
{
	char sentences[DRAWING_SENTENCES][DRAWING_SENTENCE_SIZE];

	drawing_summary(drawing, sentences);
	for (size_t i = 0; i < DRAWING_SENTENCES; i++)
		if (sentences[i][0])
			put_wrapped(style, sentences[i]);
	put_wrapped(style,
		    "Below, each row has as many ids as all above it, from the id at its left.");
	putc('\n', style->out);
	for (size_t i = 0; i < SPACE_ROWS; i++)
		put_row(style, drawing, i);
	putc('\n', style->out);
	put_legend(style, drawing);
	putc('\n', style->out);
	return put_bands(style, drawing);
}
