// Puts the form's settings into the page's own address, so that a page that is loaded anew has them again.
// @ts-check

/** @import { PageState } from "../state.js" */
import { partsOf, replaceParts } from "./address.js";
import { joined, settingsOf, withoutOlder } from "./write.js";

/** What a link says beside settings, which stays. */
const KEPT = /^(view|hide|lock|autostart|device|workers|embed|trained)(=|$)/;

/** @param {PageState} page */
export async function put({ catalog, draft, preset }) {
  if (catalog && draft) replaceParts(await joined([...kept(), ...settingsOf(catalog, draft, preset)]), withoutOlder(location.search));
}

/** The words of the present address that hold for whatever is in it. */
export const kept = () => partsOf(location.hash).split("&").filter((part) => KEPT.test(part));
