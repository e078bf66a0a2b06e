from django.apps import AppConfig


class TeamSettingsConfig(AppConfig):
    name = "crm.team_settings"
    label = "team_settings"
    verbose_name = "Team settings"
