"""What-if, luck, drills and grades: on copies and journals of sessions."""
