# SPDX-License-Identifier: BSD-3-Clause
# The literal displays of a page's EXAMPLES, one a line: its lines with "\n" between, as they would
# be typed. Input is mdoc.

/^\.Sh /   { on = /^\.Sh EXAMPLES/ }
/^\.Ed/ && on && shown { print text; shown = 0 }
shown {
	gsub(/\\e/, "\\")
	gsub(/\\&/, "")
	text = text (text == "" ? "" : "\\n") $0
}
/^\.Bd -literal/ && on { shown = 1; text = "" }
