"""The residents' doors: report and progress, rating, and the work that residents and outside parties take on."""
