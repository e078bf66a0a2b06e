"""Reading a file that people exported somewhere: which encoding, which dialect, where it begins.

`find_layout` looks at the file and says what it found; `read_table` then streams its rows, never
holding more than one of them. What is no table is refused in one sentence for the person who sent
it (`Unreadable`).
"""

from contacts.imports.reading.layout import Layout, find_layout
from contacts.imports.reading.refusals import Unreadable
from contacts.imports.reading.rows import Row, read_table

__all__ = ["Layout", "Row", "Unreadable", "find_layout", "read_table"]
