using System.Text;
using Tanlu.Cli;
using Tanlu.Server.Hosting;

// Tools that start the host in process (OpenAPI, test host) pass settings, not commands.
if (args.Any(a => a.StartsWith("--applicationName=", StringComparison.Ordinal)))
{
    await TanluHost.Build(args).RunAsync();
    return 0;
}

using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16);
using var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
return await CommandLine.Run(args, output, error, new HostVerbs(Serving.Run, DemoServing.Run));

/// <summary>The entry point; named so that tests can start the host in process.</summary>
public partial class Program;
