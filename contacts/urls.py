"""The pages of contacts, under /t/<team_slug>/."""

from django.urls import path

from contacts import history, views

app_name = "contacts"
urlpatterns = [
    path("contacts", views.ContactList.as_view(), name="list"),
    path("contacts/columns", views.ContactColumns.as_view(), name="columns"),
    path("contacts/export.csv", views.ContactExport.as_view(), name="export"),
    path("contacts/options", views.ContactOptions.as_view(), name="options"),
    path("contacts/new", views.ContactCreate.as_view(), name="create"),
    path("contacts/tags/options", views.TagOptions.as_view(), name="tag_options"),
    path("contacts/<uuid:pk>", views.ContactDetail.as_view(), name="detail"),
    path("contacts/<uuid:pk>/edit", views.ContactEdit.as_view(), name="edit"),
    path("contacts/<uuid:pk>/facts/<str:name>", views.ContactFact.as_view(), name="fact"),
    path("contacts/<uuid:pk>/delete", views.ContactDelete.as_view(), name="delete"),
    path("contacts/<uuid:pk>/history", history.ContactHistory.as_view(), name="history"),
    path(
        "contacts/<uuid:pk>/history/<uuid:change_id>/restore",
        history.ContactRestore.as_view(),
        name="restore",
    ),
    path(
        "companies/<uuid:company_id>/contacts",
        views.ContactsOfCompany.as_view(),
        name="of_company",
    ),
]
