let lastAction = 'none';

/** What the driver was last asked for, which tells where a test has stopped. */
export const lastAsked = (): string => lastAction;

/** Asks the driver of VS Code's window for an action. On the desktop, the driver does nothing. */
async function ask(action: string, argument: string): Promise<void> {
  lastAction = `${action} ${argument}`;
  const response = await fetch(`${process.env.TRAVEL_DRIVER}/${action}`, { method: 'POST', body: argument });
  if (!response.ok) throw new Error(`${action} ${argument}: ${await response.text()}`);
}

/** Whether the window can be controlled: in a browser, not on the desktop. */
export const canDrive = process.env.TRAVEL_VSCODE !== 'download';

export const report = (verdict: unknown) => ask('verdict', JSON.stringify(verdict));
export const screenshot = (name: string) => ask('screenshot', `${process.env.TRAVEL_SUITE}-${name}`);
export const see = (selector: string) => ask('see', selector);
/** Rejects after a second. */
export const seeNow = (selector: string) => ask('seeNow', selector);
export const seeInPage = (selector: string) => ask('seeInPage', selector);
/** Waits until keys reach the page. */
export const seeKeyboardInPage = () => ask('seeKeyboardInPage', '');
export const clickInPage = (selector: string) => ask('clickInPage', selector);
/** Drags a keyframe of the preview with the mouse. */
export const dragKeyframe = (from: number, to: number) => ask('dragKeyframe', `${from} ${to}`);
export const print = (line: string) => ask('print', line);
export const type = (text: string) => ask('type', text);
export const seeProposed = (name: string) => ask('seeProposed', name);
export const fill = (text: string) => ask('fill', text);
export const press = (keys: string) => ask('press', keys);
export const copy = (text: string) => ask('copy', text);
export const click = (selector: string) => ask('click', selector);
/** Selects files in the explorer, which shows them, and drops them in the editor with Shift. */
export const dragFiles = (names: readonly string[]) => ask('dragFiles', JSON.stringify(names));
/** Opens the menu of a file in the explorer, which shows it. */
export const openMenu = (name: string) => ask('openMenu', name);
/** Chooses another edit in the widget of a drop or a paste, of which a screenshot is taken. */
export async function chooseEdit(label: string, name: string): Promise<void> {
  await see('.post-edit-widget');
  await press('Control+.');
  await see(`.action-widget >> text=${label}`);
  await screenshot(name);
  await click(`.action-widget >> text=${label}`);
}
