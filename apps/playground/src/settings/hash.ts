import { fields, keys, textOf, withText } from "./fields.js";
import { defaults, type Settings } from "./settings.js";

/** The settings that are not the defaults, for the end of the page's address: `#fault=stats-never-updated&lr=0.05`. */
export function hashOf(settings: Settings): string {
  const changed = keys.filter((key) => textOf(settings, key) !== textOf(defaults, key));
  const parameters = changed.map((key) => {
    const text = textOf(settings, key).replaceAll(", ", ",");
    return `${fields[key].name}=${encodeURIComponent(text).replaceAll("%2C", ",")}`;
  });
  return parameters.length === 0 ? "" : `#${parameters.join("&")}`;
}

/** The settings that an address asks for. What is wrong with it is left out, and told. */
export function settingsOf(hash: string): {
  readonly settings: Settings;
  readonly problems: readonly string[];
} {
  let settings = defaults;
  const problems: string[] = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const key = keys.find((key) => fields[key].name === name);
    if (key === undefined) {
      problems.push(`There is no setting ${name}.`);
      continue;
    }
    const next = withText(settings, key, text);
    settings = next.settings;
    if (next.problem !== undefined) problems.push(`${next.problem}; it stays ${textOf(settings, key)}.`);
  }
  return { settings, problems };
}
