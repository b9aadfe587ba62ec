/** What a shop's page may do with the chat: open it from a button of its own. */
import "./shop.css";

for (const button of document.querySelectorAll("[data-chat]")) {
  button.addEventListener("click", () => window.Relais?.open());
}
