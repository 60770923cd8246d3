/** `npx minicopilot-lab`: the commands that the installed package has. */
import process from 'node:process';

const HELP = `Usage: npx minicopilot-lab [--port N] [--host HOST]   serves the lab and prints its address
       npx minicopilot-lab train [options]             trains in headless Chromium

Show the options: npx minicopilot-lab serve --help, npx minicopilot-lab train --help.`;

const [command] = process.argv.slice(2);
const isNamed = command !== undefined && !command.startsWith('-');
// the commands read their options from process.argv, without the command's name
if (isNamed) process.argv.splice(2, 1);

if (command === '--help') console.log(HELP);
else if (command === 'train') await import('./commands/train.ts');
else if (command === 'serve' || !isNamed) await import('./commands/start.ts');
else {
  console.error(`There is no command "${command}".\n\n${HELP}`);
  process.exitCode = 2;
}
