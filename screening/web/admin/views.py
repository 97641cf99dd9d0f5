"""All pages of the admin, for the application to register."""

from screening.web.admin import accounts, definitions, drafts, preview

BLUEPRINTS = (definitions.blueprint, drafts.blueprint, preview.blueprint, accounts.blueprint)
