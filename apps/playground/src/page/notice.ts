import { element, find } from "./dom.js";

/** What went wrong, above everything else; nothing where all is well. */
export function showNotice(messages: readonly string[]): void {
  const place = find<HTMLElement>("#notice");
  const texts = messages.map((message) => element("p", { class: "problem" }, message));
  place.replaceChildren(...texts);
}
