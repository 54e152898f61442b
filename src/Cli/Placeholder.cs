namespace Tanlu.Cli;
