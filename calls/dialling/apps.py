from django.apps import AppConfig


class DiallingConfig(AppConfig):
    name = "calls.dialling"
    label = "dialling"
    verbose_name = "Calls that are placed"

    def ready(self) -> None:
        """Say what history calls a line, and a call that was asked for."""
        from calls.dialling.models import Line, OutboundCall
        from crm.records.history import names

        names.register(
            "voice_line",
            names.Naming(
                "Line",
                lambda team: team.voice_lines.order_by(),
                ("name",),
                names.name_of,
                model=Line,
            ),
        )
        names.register(
            "outbound_call",
            names.Naming(
                "Call placed",
                lambda team: team.outbound_calls.order_by(),
                ("number",),
                lambda values: str(values.get("number", "")),
                model=OutboundCall,
            ),
        )
