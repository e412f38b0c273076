"""A journal's debrief for reading: as text, as JSON, as one HTML file with its charts in it."""

from mmtui.report.model import Report, report

__all__ = ["Report", "report"]
