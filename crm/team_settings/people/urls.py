"""Who belongs to a team: below its settings, and in their namespace."""

from django.urls import path

from crm.team_settings.people import views

urlpatterns = [
    path("members", views.MemberList.as_view(), name="members"),
    path("members/<uuid:pk>", views.MemberPage.as_view(), name="member"),
    path("members/<uuid:pk>/remove", views.MemberRemove.as_view(), name="member_remove"),
    path("invitations/new", views.InvitationCreate.as_view(), name="invitation_create"),
    path(
        "invitations/<uuid:pk>/revoke", views.InvitationRevoke.as_view(), name="invitation_revoke"
    ),
    path("leave", views.Leave.as_view(), name="leave"),
    path("hand-over", views.HandOver.as_view(), name="hand_over"),
]
