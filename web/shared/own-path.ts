/** Whether an address stays on the site where it stands, as `crm_backend/own_path.py` says it: browsers read a backslash
 * as a slash and leave out tabs and line ends, so that those name a host, too. */
export const isOwnPath = (address: string): boolean => /^\/(?!\/)[^\s\\]*$/.test(address);
