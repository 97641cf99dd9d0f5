"""What protects a browser and the forms in it: headers, tokens against forged posts, and a limit to their size."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from screening.config import Settings

View = TypeVar("View", bound=Callable[..., object])

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
TRANSPORT = "max-age=63072000; includeSubDomains"
_KEEPS_TYPED = "keeps_typed"
_csrf = CSRFProtect()


def init_protection(app: Flask, settings: Settings) -> None:
    """Protect every response and every post of the application."""
    app.config.update(
        MAX_CONTENT_LENGTH=settings.limits.body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.limits.body_bytes,
        SESSION_COOKIE_NAME="__Host-screening" if settings.https else "screening",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Tokens live as long as the session; a tab left open for an evening must still be able to save.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        # This check reads the referrer, which our own policy tells browsers not to send.
        WTF_CSRF_SSL_STRICT=False,
    )
    _csrf.init_app(app)
    app.before_request(_check_token)
    app.after_request(_protect)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The nonce of this response, for the few inline styles and scripts that are ours."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    nonce: str = g.nonce
    return nonce


def keeps_typed(view: View) -> View:
    """Mark a view that, instead of failing on a stale token, shows its page again with what was typed."""
    setattr(view, _KEEPS_TYPED, True)
    return view


def stale_token() -> bool:
    """Whether this post carries no valid token; asked by views that are marked with `keeps_typed`."""
    return bool(g.get("stale_token"))


def _check_token() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return
    try:
        _csrf.protect()
    except CSRFError:
        if not getattr(view, _KEEPS_TYPED, False):
            raise
        g.stale_token = True


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy())
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _policy() -> str:
    nonce = f" 'nonce-{g.nonce}'" if "nonce" in g else ""
    return (
        f"default-src 'none'; script-src 'self'{nonce}; style-src 'self'{nonce}; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
