// What the portal’s pages can do with JavaScript: nothing is sent twice by impatience.
"use strict";

for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    // A page that is shown again from the browser's memory may be sent again.
    addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
    // A file that is downloaded leaves the page where it is.
    if ("again" in form.dataset) setTimeout(() => delete form.dataset.sent, 5_000);
  });
}
