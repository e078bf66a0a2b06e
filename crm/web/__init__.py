"""The HTML kit: list and panel pages, forms, template tags. It knows no team."""
