// The panel of warnings: what was closed stays closed as long as the warnings are the same ones,
// and what was unfolded stays unfolded when the page reloads itself.
for (const host of document.querySelectorAll('stadtschreiber-preview[data-panel="warnings"]')) {
  const [closed, open] = ["stadtschreiber-closed", "stadtschreiber-open"];
  const [kept, root] = [window.sessionStorage, host.shadowRoot];
  const details = root.querySelector("details");
  host.hidden = kept.getItem(closed) === host.dataset.state;
  details.open = kept.getItem(open) === "1";
  details.addEventListener("toggle", () => kept.setItem(open, details.open ? "1" : "0"));
  root.querySelector("button").addEventListener("click", () => {
    kept.setItem(closed, host.dataset.state);
    host.hidden = true;
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && details.open) {
      details.open = false;
      root.querySelector("summary").focus();
    }
  });
}
