"""The pages of companies, under /t/<team_slug>/."""

from django.urls import path

from companies import history, views

app_name = "companies"
urlpatterns = [
    path("companies", views.CompanyList.as_view(), name="list"),
    path("companies/columns", views.CompanyColumns.as_view(), name="columns"),
    path("companies/export.csv", views.CompanyExport.as_view(), name="export"),
    path("companies/new", views.CompanyCreate.as_view(), name="create"),
    path("companies/options", views.CompanyOptions.as_view(), name="options"),
    path("companies/<uuid:pk>", views.CompanyDetail.as_view(), name="detail"),
    path("companies/<uuid:pk>/edit", views.CompanyEdit.as_view(), name="edit"),
    path("companies/<uuid:pk>/facts/<str:name>", views.CompanyFact.as_view(), name="fact"),
    path("companies/<uuid:pk>/delete", views.CompanyDelete.as_view(), name="delete"),
    path("companies/<uuid:pk>/history", history.CompanyHistory.as_view(), name="history"),
    path(
        "companies/<uuid:pk>/history/<uuid:change_id>/restore",
        history.CompanyRestore.as_view(),
        name="restore",
    ),
]
