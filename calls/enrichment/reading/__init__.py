"""Reads typed values as people say them on the phone, in English and German.

Each reader returns the places in a text where it reads a value, in order. What a value may be is
said by `crm.normalize` and `crm.records.values`: every reading ends there.
"""
