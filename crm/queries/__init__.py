"""Queries that are asked all the time, made so that asking costs little.

Making the SQL of a query takes the ORM two to four times as long as running it and reading fifty
rows. So what a query always has is made once, and what differs is filled in. What these queries
answer is what the ORM would.
"""
