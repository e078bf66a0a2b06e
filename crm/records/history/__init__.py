"""The history of records as people and programs read it, and going back to an earlier value.

It is written by `crm.history`; here it gets its words, pages and addresses.
"""
