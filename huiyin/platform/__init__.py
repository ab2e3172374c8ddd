"""What every room stands on: errors, machines, events, clock, calendar, http, web, files, audit."""
