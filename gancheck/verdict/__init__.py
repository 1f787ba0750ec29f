"""Did it collapse, and how: six tests, each with an effect beyond a margin, and one label by a fixed precedence."""
