"""Addresses of the kit's own pages, to be included below ``console/``."""

from django.urls import path

from anju.kit.pages.job_pages import JobListPage, JobPage, JobProgressPage, JobStatePage, JobWorkbookPage

app_name = "kit"
urlpatterns = [
    path("jobs/", JobListPage.as_view(), name="job_list"),
    path("jobs/<int:pk>/", JobPage.as_view(), name="job"),
    path("jobs/<int:pk>/progress/", JobProgressPage.as_view(), name="job_progress"),
    path("jobs/<int:pk>/workbook/", JobWorkbookPage.as_view(), name="job_workbook"),
    path("jobs/<int:pk>/state.json", JobStatePage.as_view(), name="job_state"),
]
