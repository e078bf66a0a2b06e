from drf_spectacular.openapi import AutoSchema


class CallbookSchema(AutoSchema):
    pass
