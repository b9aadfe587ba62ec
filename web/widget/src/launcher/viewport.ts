/** Full screen on a phone means the part of the screen that the keyboard leaves. */
const PHONE = "(max-width: 480px)";

export function followKeyboard(panel: HTMLElement): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const place = () => {
    panel.style.setProperty("--relais-height", `${viewport.height}px`);
    panel.style.setProperty("--relais-top", `${viewport.offsetTop}px`);
    panel.toggleAttribute("data-short", viewport.height < 440);
  };
  viewport.addEventListener("resize", place);
  viewport.addEventListener("scroll", place);
  place();
}

/** Keeps the page behind a full-screen panel from scrolling; returns how to let it go. */
export function holdPage(): () => void {
  if (!matchMedia(PHONE).matches) return () => {};
  const style = document.documentElement.style;
  const before = style.overflow;
  style.overflow = "hidden";
  return () => {
    style.overflow = before;
  };
}
