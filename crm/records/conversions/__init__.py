"""Changing the type of a custom field that has values, and the name of an option that is in use.

Nothing is dropped: a value that has no form in the new type, or whose new form does not lead back
to it, is kept aside (ConvertedValue) and restored when the type is changed back, unless somebody
has written another value meanwhile.
"""
