"""Demo data: two teams with their companies, contacts and calls, the same ones every time.

`data/` and `conversations/` hold what people wrote, `cast` who there is, `story` who rang whom and
when, `speaking` what they said, `sound` how it sounds, and `seeding` stores it all through the
public operations.
"""
