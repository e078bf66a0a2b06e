"""The pages of custom fields, under /t/<team_slug>/."""

from django.urls import path

from crm.records import field_views as views

app_name = "records"
urlpatterns = [
    path("settings/fields", views.FieldList.as_view(), name="fields"),
    path("settings/fields/new", views.FieldCreate.as_view(), name="field_create"),
    path("settings/fields/<uuid:pk>", views.FieldEdit.as_view(), name="field"),
    path("settings/fields/<uuid:pk>/archive", views.FieldArchive.as_view(), name="field_archive"),
    path("settings/fields/<uuid:pk>/delete", views.FieldDelete.as_view(), name="field_delete"),
    path("settings/fields/<uuid:pk>/type", views.FieldTypePage.as_view(), name="field_type"),
    path("settings/fields/<uuid:pk>/rename", views.OptionRename.as_view(), name="option_rename"),
    path(
        "settings/fields/<uuid:pk>/conversions/<uuid:conversion_id>",
        views.ConversionPage.as_view(),
        name="conversion",
    ),
]
