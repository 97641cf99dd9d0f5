"""Screening for ketamine and esketamine treatment that never takes a missing answer for a no."""
