"""All pages of the patient, for the application to register."""

from screening.web.patient import door, pages, start, tasks
from screening.web.patient.blueprint import patient

patient.before_request(door.rest_first)

BLUEPRINTS = (patient,)
PAGES = (door, pages, start, tasks)
