import { commands } from 'vscode';
import { seeNow } from './window.ts';

/** Longer than a render takes on a slow machine. */
const WAIT_MS = 4 * 60_000;

/**
 * Waits for a notification. A toast is shown only in a window that has the focus, and the list of notifications closes
 * when it is empty, so the list is opened again and again.
 */
export async function seeNotification(text: string): Promise<void> {
  for (const start = Date.now(); ; ) {
    await commands.executeCommand('notifications.showList');
    try {
      return await seeNow(`.notifications-center >> text=${text}`);
    } catch (error) {
      if (Date.now() - start > WAIT_MS) throw error;
    }
  }
}

export async function clearNotifications(): Promise<void> {
  await commands.executeCommand('notifications.clearAll');
  await commands.executeCommand('notifications.hideList');
}
