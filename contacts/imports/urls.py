"""The pages of imports, under /t/<team_slug>/."""

from django.urls import path

from contacts.imports import column_views, views

app_name = "imports"
urlpatterns = [
    path("imports", views.ImportList.as_view(), name="list"),
    path("imports/new", views.ImportCreate.as_view(), name="create"),
    path("imports/contacts-example.csv", views.ImportExample.as_view(), name="example"),
    path("imports/<uuid:pk>", views.ImportDetail.as_view(), name="detail"),
    path("imports/<uuid:pk>/columns", column_views.ImportColumns.as_view(), name="columns"),
    path("imports/<uuid:pk>/reading", column_views.ImportReading.as_view(), name="reading"),
    path("imports/<uuid:pk>/choices", column_views.ImportChoices.as_view(), name="choices"),
    path("imports/<uuid:pk>/start", views.ImportStart.as_view(), name="start"),
    path("imports/<uuid:pk>/stop", views.ImportStop.as_view(), name="stop"),
    path("imports/<uuid:pk>/cancel", views.ImportCancel.as_view(), name="cancel"),
    path("imports/<uuid:pk>/undo", views.ImportUndo.as_view(), name="undo"),
    path("imports/<uuid:pk>/discard", views.ImportDiscard.as_view(), name="discard"),
    path("imports/<uuid:pk>/rejected.csv", views.ImportFile.as_view(), name="rejected"),
    path(
        "imports/<uuid:pk>/warnings.csv",
        views.ImportFile.as_view(warned=True),
        name="warnings",
    ),
]
