from django.urls import path

from . import views

app_name = "register"

urlpatterns = [
    path("", views.record_list, name="list"),
    path("statistics/", views.statistics_page, name="statistics"),
    path("about/", views.about, name="open_data"),
    path("feed/", views.feed, name="feed"),
    path("records.csv", views.csv_file, name="csv"),
    path("records.json", views.json_file, name="json"),
    path("colours-<slug:digest>.css", views.colours, name="colours"),
    path("logo-<slug:digest>.png", views.logo, name="logo"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sitemap-<int:year>.xml", views.sitemap_of_year, name="sitemap_of_year"),
    path("<uuid:record_id>/", views.record_page, name="record"),
    path("<uuid:record_id>/<uuid:document_id>/", views.document_page, name="document"),
    path("<uuid:record_id>/<uuid:document_id>.pdf", views.document_pdf, name="document_pdf"),
]
