import { type Command, Option } from 'commander';
import { EXIT, type ExitCode } from './exit-code.ts';
import { addMachineFlags, addModelsFlag, type MachineFlags, type ModelsFlag, machineOf } from './flags.ts';
import { newEngine, openLibrary, version } from './installation.ts';
import { print } from './print.ts';
import { privateNames, systemReport } from './system-report.ts';
import { systemReportText } from './system-report-text.ts';

const HELP = `
Tries each device with a small graph, which takes some seconds. Paste the text into a bug report: it has no private
names, apart from those of model folders. Exit code 3 if the engine does not start.`;

interface DoctorFlags extends ModelsFlag, MachineFlags {
  readonly editor?: string;
}

export function addDoctor(program: Command, finish: (code: ExitCode) => void): void {
  addMachineFlags(addModelsFlag(program.command('doctor')), ['gpuMemory', 'cacheFolder', 'ffmpeg'])
    .summary('show what renders depend on, for bug reports')
    .description('Show the system, the devices that work, the model folders and the cache.')
    // The extension for VS Code says where it runs.
    .addOption(new Option('--editor <text>').hideHelp())
    .addHelpText('after', HELP)
    .action(async (flags: DoctorFlags) => finish(await doctor(flags)));
}

async function doctor({ editor, ...flags }: DoctorFlags): Promise<ExitCode> {
  const library = await openLibrary(flags);
  const machine = machineOf(flags);
  const engine = newEngine(machine);
  const devices = await engine.devices();
  engine.stop();
  const report = await systemReport({
    version: version(),
    editor: editor ?? null,
    library,
    devices,
    ffmpeg: machine.ffmpeg,
  });
  print(systemReportText(report, privateNames()));
  return devices.ok ? EXIT.done : EXIT.renderFailed;
}
