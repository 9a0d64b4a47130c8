/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of ids as a picture: see svg.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "userns/svg.h"
#include "userns/xml.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* All lengths are in pixels. */
#define WIDTH	   1000
#define MARGIN	   28
#define BAR_X	   130
#define BAR_WIDTH  512
#define ROW_STEP   23
#define BAR_HEIGHT 17
/* Where the text of a line is, below the top of its bar. */
#define BASELINE   13
#define BRACKET_X  (BAR_X + BAR_WIDTH + 10)
#define NAMES_X	   (BAR_X + BAR_WIDTH + 26)
#define BAND_BAR_X 250
#define BAND_BAR   300
#define BAND_COUNT (BAND_BAR_X + BAND_BAR + 96)
#define BAND_NAME  (BAND_COUNT + 18)
/* About what a letter takes; names are cut by it. */
#define LETTER 6.6

/* Up to here a row shows each range by itself, else cells. */
#define RANGES_IN_ROW 96
#define CELLS_IN_ROW  128

/* Classes of the style sheet. */
static const char *const classes[SPACE_KINDS] = {
	[SPACE_OUTSIDE] = "out",  [SPACE_POOL] = "pool",    [SPACE_HOST] = "host",
	[SPACE_USER] = "user",	  [SPACE_RESERVED] = "res", [SPACE_RETIRED] = "ret",
	[SPACE_UNBOOKED] = "sub",
};

/* Okabe and Ito's colours, which people tell apart who do not see all. */
static const char style_sheet[] =
	"<style>\n"
	"text{font:12px system-ui,'DejaVu Sans',sans-serif;fill:#1f2328}\n"
	".h{font-size:21px;font-weight:600}.s{font-size:15px;font-weight:600}\n"
	".m{fill:#59636e}.n{text-anchor:end;fill:#59636e}.i{font-size:10.5px;fill:#fff}"
	".d{fill:#1f2328}\n"
	".bg{fill:#fff}.line{stroke:#8c959f;fill:none}\n"
	".out{fill:#eef0f2}.pool{fill:#d5e8f7}.host{fill:#8c959f}\n"
	".user{fill:#0072b2}.user2{fill:#2b86c5}.res{fill:#e69f00}.ret{fill:#a03c3c}\n"
	".sub{fill:#b55d95}.pin{fill:#009e73}\n"
	"@media(prefers-color-scheme:dark){\n"
	"text{fill:#e6edf3}.m,.n{fill:#9da7b1}.i{fill:#fff}.d{fill:#0d1117}\n"
	".bg{fill:#0d1117}.line{stroke:#6e7681}\n"
	".out{fill:#222b36}.pool{fill:#16334c}.host{fill:#6e7681}\n"
	".user{fill:#1f7fc0}.user2{fill:#155d92}.res{fill:#c98b00}.ret{fill:#b04848}\n"
	".sub{fill:#b55d95}.pin{fill:#2dbd8e}}\n"
	"</style>\n";

/* What we wrote ourselves; nothing in it needs an escape. */
__attribute__((format(printf, 5, 6))) static void
put_line(FILE *out, double x, double y, const char *class, const char *format, ...)
{
	va_list args;

	fprintf(out, "<text x=\"%.0f\" y=\"%.0f\"%s%s%s>", x, y, class ? " class=\"" : "",
		class ? class : "", class ? "\"" : "");
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputs("</text>\n", out);
}

static void put_rect(FILE *out, const char *class, double x, double y, double width)
{
	fprintf(out, "<rect class=\"%s\" x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\"", class,
		x, y, width, BAR_HEIGHT);
}

/* Where the window's ids are drawn. */
struct bar {
	struct id_range window;
	double x, y, width;
};

static double x_of(const struct bar *bar, uint64_t id)
{
	return bar->x + bar->width * (double)(id - bar->window.start) / (double)bar->window.count;
}

/* What of a range is in the bar. */
static void span_of(const struct bar *bar, struct id_range range, double *ret_x, double *ret_width)
{
	uint64_t from = range.start > bar->window.start ? range.start : bar->window.start;
	uint32_t last = id_range_last(range), end = id_range_last(bar->window);

	*ret_x = x_of(bar, from);
	*ret_width = x_of(bar, (uint64_t)(last < end ? last : end) + 1) - *ret_x;
}

/* A range with its name in it, if that fits, and a tooltip where a browser shows one. */
static void put_part(FILE *out, const struct bar *bar, const struct space_part *part,
		     const char *class, bool with_name)
{
	double x, width;

	span_of(bar, part->range, &x, &width);
	/* Neighbours are apart where there is room; what is tiny is still seen. */
	if (width > 4)
		width -= 1;
	else if (width < 1.5)
		width = 1.5;
	put_rect(out, class, x, bar->y, width);
	fputs(" rx=\"1.5\"><title>", out);
	xml_put(out, part->owner, 64);
	fprintf(out, ": %" PRIu32 "-%" PRIu32 ", %s</title></rect>\n", part->range.start,
		id_range_last(part->range), space_kind_name(part->kind));
	if (!with_name || (double)xml_letters(part->owner) * LETTER + 6 > width)
		return;
	fprintf(out, "<text class=\"i%s\" x=\"%.1f\" y=\"%.0f\">",
		part->kind == SPACE_RESERVED ? " d" : "", x + 4, bar->y + BASELINE - 0.6);
	xml_put(out, part->owner, SIZE_MAX);
	fputs("</text>\n", out);
}

static const char *class_of(const struct space_part *part, size_t nth)
{
	return part->kind == SPACE_USER && nth % 2 ? "user2" : classes[part->kind];
}

/* What is free, below all else. */
static void put_ground(FILE *out, const struct bar *bar, const struct drawing *drawing)
{
	bool in_pool = drawing->policy && id_range_overlaps(drawing->policy->pool, bar->window);
	double x, width;

	put_rect(out, bar->window.start == 0 ? "host" : "out", bar->x, bar->y, bar->width);
	fputs(" rx=\"3\"/>\n", out);
	if (!in_pool)
		return;
	span_of(bar, drawing->policy->pool, &x, &width);
	put_rect(out, "pool", x, bar->y, width);
	fputs(" rx=\"3\"/>\n", out);
}

/* Equal neighbours become one rectangle, so that many users make no large file. */
static void put_cells(FILE *out, const struct bar *bar, const struct drawing *drawing, size_t count)
{
	static const char *const opacity[] = {"0", ".35", ".55", ".8", "1"};
	struct space_cell cells[CELLS_IN_ROW];
	double step = bar->width / (double)count;

	space_cells(&drawing->space, bar->window, count, cells);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && cells[end].kind == cells[i].kind &&
				  cells[end].share == cells[i].share;
		     end++)
			;
		if (cells[i].share == 0)
			continue;
		put_rect(out, classes[cells[i].kind], bar->x + step * (double)i, bar->y,
			 step * (double)(end - i));
		fprintf(out, " opacity=\"%s\"/>\n", opacity[cells[i].share]);
	}
}

static void put_used(FILE *out, const struct bar *bar, const struct drawing *drawing,
		     bool with_names)
{
	const struct space *space = &drawing->space;
	size_t first = space_find(space, bar->window.start), used = 0, i;

	for (i = first; i < space->count; i++) {
		if (space->parts[i].range.start > id_range_last(bar->window))
			break;
		used += space_is_used(space->parts[i].kind);
	}
	if (used > RANGES_IN_ROW) {
		put_cells(out, bar, drawing, CELLS_IN_ROW);
		return;
	}
	for (size_t part = first, nth = 0; part < i; part++)
		if (space_is_used(space->parts[part].kind)) {
			put_part(out, bar, &space->parts[part], class_of(&space->parts[part], nth),
				 with_names);
			nth++;
		}
}

/* Some names, and how many owners more there are. */
static void put_owners(FILE *out, const struct drawing *drawing, struct id_range window, double y)
{
	const size_t room = (size_t)((WIDTH - MARGIN - NAMES_X) / LETTER) - 7;
	size_t part = space_find(&drawing->space, window.start);
	size_t shown = 0, owners = 0, used = 0;

	if (!drawing_next_owner(drawing, window, &part))
		return;
	fprintf(out, "<text x=\"%d\" y=\"%.0f\">", NAMES_X, y);
	for (; drawing_next_owner(drawing, window, &part); part++) {
		struct slice owner = drawing->space.parts[part].owner;
		size_t length = xml_letters(owner) + 2;

		if (owners++ > shown || (shown && used + length > room))
			continue;
		if (shown++)
			fputs(", ", out);
		xml_put(out, owner, room - used);
		used += length;
	}
	if (owners > shown)
		fprintf(out, "<tspan class=\"m\" dx=\"6\">+%zu</tspan>", owners - shown);
	fputs("</text>\n", out);
}

static void put_rows(FILE *out, const struct drawing *drawing, double y)
{
	for (size_t i = 0; i < SPACE_ROWS; i++, y += ROW_STEP) {
		const struct bar bar = {space_row(i), BAR_X, y, BAR_WIDTH};

		put_line(out, BAR_X - 10, y + BASELINE, "n", "%" PRIu32, bar.window.start);
		put_ground(out, &bar, drawing);
		put_used(out, &bar, drawing, true);
		put_owners(out, drawing, bar.window, y + BASELINE);
	}
}

/* From the row of systemd's first id to that of its last. */
static void put_bracket(FILE *out, double y)
{
	struct id_range systemd = SPACE_SYSTEMD;
	double top = y, bottom = y;

	for (size_t i = 0; i < SPACE_ROWS; i++) {
		struct id_range row = space_row(i);

		if (row.start <= systemd.start)
			top = y + (double)i * ROW_STEP;
		if (row.start <= id_range_last(systemd))
			bottom = y + (double)i * ROW_STEP + BAR_HEIGHT;
	}
	fprintf(out,
		"<path class=\"line\" d=\"M%d %.1fh5V%.1fh-5\"><title>systemd sets these aside for "
		"containers: %" PRIu32 "-%" PRIu32 "</title></path>\n",
		BRACKET_X, top + 0.5, bottom - 0.5, systemd.start, id_range_last(systemd));
}

static void put_key(FILE *out, const char *class, const char *text, double *x, double y)
{
	fprintf(out,
		"<rect class=\"%s\" x=\"%.0f\" y=\"%.0f\" width=\"12\" height=\"12\" rx=\"2\"/>\n",
		class, *x, y - 10);
	fprintf(out, "<text x=\"%.0f\" y=\"%.0f\">", *x + 17, y);
	xml_put_string(out, text);
	fputs("</text>\n", out);
	*x += 17 + (double)strlen(text) * LETTER + 18;
}

static void put_legend(FILE *out, const struct drawing *drawing, double y)
{
	double x = MARGIN;

	for (enum space_kind kind = SPACE_USER; kind < SPACE_KINDS; kind++)
		if (drawing->totals[kind].ids)
			put_key(out, classes[kind], space_kind_name(kind), &x, y);
	put_key(out, "host", space_kind_name(SPACE_HOST), &x, y);
	if (drawing->policy)
		put_key(out, "pool", space_kind_name(SPACE_POOL), &x, y);
	fprintf(out, "<path class=\"line\" d=\"M%.0f %.1fh5v11h-5\"/>\n", x, y - 10.5);
	put_line(out, x + 13, y, NULL, "systemd's for containers");
}

static void put_pin(FILE *out, double x, double y)
{
	fprintf(out, "<circle class=\"pin\" cx=\"%.0f\" cy=\"%.0f\" r=\"4\"/>\n", x + 4, y - 4);
}

/* Whose it is: a name; the first and last of many; or what kind of free. */
static void put_band_name(FILE *out, const struct drawing *drawing, const struct space_band *band,
			  double y)
{
	const struct space_part *first = &drawing->space.parts[band->first];
	const struct space_part *last = &drawing->space.parts[band->last];
	double x = BAND_NAME;

	if (band->ranges == 1 && first->pinned) {
		put_pin(out, x, y);
		x += 14;
	}
	fprintf(out, "<text x=\"%.0f\" y=\"%.0f\"%s>", x, y, band->ranges ? "" : " class=\"m\"");
	if (band->ranges == 0) {
		xml_put_string(out, space_kind_name(first->kind));
	} else if (band->ranges == 1) {
		xml_put(out, first->owner, 38);
		if (drawing_remark(first))
			fprintf(out, "<tspan class=\"m\" dx=\"6\">%s</tspan>",
				drawing_remark(first));
	} else {
		xml_put(out, first->owner, 12);
		fputs(" – ", out);
		xml_put(out, last->owner, 12);
		fprintf(out, "<tspan class=\"m\">, %zu ranges</tspan>", band->ranges);
	}
	fputs("</text>\n", out);
}

/* Free ids have no bar of their length: it would leave the ranges too short to see. */
static void put_band(FILE *out, const struct drawing *drawing, const struct space_band *band,
		     uint64_t longest, double y)
{
	double width = BAND_BAR * (double)band->range.count / (double)longest;
	const struct bar bar = {band->range, BAND_BAR_X, y,
				width > BAND_BAR ? BAND_BAR
				: width < 3	 ? 3
						 : width};

	put_line(out, BAND_BAR_X - 12, y + BASELINE, "n", "%" PRIu32 " – %" PRIu32,
		 band->range.start, id_range_last(band->range));
	if (band->ranges == 0) {
		fprintf(out,
			"<rect class=\"%s\" x=\"%d\" y=\"%.0f\" width=\"%d\" height=\"5\" "
			"rx=\"2\"/>\n",
			classes[drawing->space.parts[band->first].kind], BAND_BAR_X, y + 6,
			BAND_BAR);
	} else {
		put_ground(out, &bar, drawing);
		put_used(out, &bar, drawing, false);
	}
	put_line(out, BAND_COUNT, y + BASELINE, "n", "%" PRIu32, band->range.count);
	put_band_name(out, drawing, band, y + BASELINE);
}

static void put_bands(FILE *out, const struct drawing *drawing, const struct space_band *bands,
		      size_t count, double y)
{
	uint64_t longest = drawing_longest(drawing, bands, count);

	for (size_t i = 0; i < count; i++, y += ROW_STEP)
		put_band(out, drawing, &bands[i], longest, y);
}

static void put_head(FILE *out, const char *host, double height)
{
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		"viewBox=\"0 0 %d %.0f\" role=\"img\">\n<title>Subordinate ids of ",
		WIDTH, height, WIDTH, height);
	xml_put_string(out, host);
	fprintf(out,
		"</title>\n%s<rect class=\"bg\" width=\"%d\" height=\"%.0f\" rx=\"8\"/>\n"
		"<text class=\"h\" x=\"%d\" y=\"44\">Subordinate ids of ",
		style_sheet, WIDTH, height, MARGIN);
	xml_put_string(out, host);
	fputs("</text>\n", out);
}

int svg_draw(FILE *out, const struct drawing *drawing, const char *host)
{
	char sentences[DRAWING_SENTENCES][DRAWING_SENTENCE_SIZE];
	CLEANUP_FREE struct space_band *bands = NULL;
	double y = 70, rows_y, bands_y;
	size_t count, lines = 0;
	int r;

	r = space_bands(&drawing->space, DRAWING_BANDS, &bands, &count);
	if (r < 0)
		return r;
	drawing_summary(drawing, sentences);
	for (size_t i = 0; i < DRAWING_SENTENCES; i++)
		lines += sentences[i][0] != '\0';
	rows_y = y + (double)lines * 18 + 40;
	bands_y = rows_y + SPACE_ROWS * ROW_STEP + 92;
	put_head(out, host, bands_y + (double)count * ROW_STEP + MARGIN - 6);
	for (size_t i = 0; i < DRAWING_SENTENCES; i++)
		if (sentences[i][0]) {
			put_line(out, MARGIN, y, "m", "%s", sentences[i]);
			y += 18;
		}
	put_line(out, MARGIN, rows_y - 18, "s",
		 "The whole space: each row has as many ids as all above it, from the id at its "
		 "left");
	put_rows(out, drawing, rows_y);
	put_bracket(out, rows_y);
	put_legend(out, drawing, bands_y - 70);
	put_line(out, MARGIN, bands_y - 18, "s",
		 "The ranges in order: a full bar is the longest that a user has, or longer");
	if (drawing_shows_pin(drawing, bands, count)) {
		put_pin(out, BAND_NAME, bands_y - 18);
		put_line(out, BAND_NAME + 14, bands_y - 18, "m", "has a namespace now");
	}
	put_bands(out, drawing, bands, count, bands_y);
	fputs("</svg>\n", out);
	return 0;
}
