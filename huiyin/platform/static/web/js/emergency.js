/* Words of danger while typing: the panel with 110, 119 and 120 shows at once. */
"use strict";
(() => {
  document.querySelectorAll("[data-emergency-words]").forEach((area) => {
    const danger = JSON.parse(area.dataset.emergencyWords);
    const panel = (area.form || document).querySelector("[data-emergency]");
    if (!panel) return;
    const look = () => {
      const text = area.value.toLowerCase();
      const found = danger.some((word) => text.includes(word.toLowerCase()));
      if (found && panel.hidden) panel.hidden = false; // once shown it stays: an edit must not take it away
    };
    area.addEventListener("input", look);
    look();
  });
})();
