# SPDX-License-Identifier: BSD-3-Clause
# The literal displays of the EXAMPLES of a page in mdoc, as they would be typed: each is a line, with
# the ASCII character RS between its lines.

/^\.Sh /   { on = /^\.Sh EXAMPLES/ }
/^\.Ed/ && on && shown { print text; shown = 0 }
shown {
	gsub(/\\e/, "\\")
	gsub(/\\&/, "")
	text = text (text == "" ? "" : "\036") $0
}
/^\.Bd -literal/ && on { shown = 1; text = "" }
