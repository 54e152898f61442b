using Tanlu.Server.Hosting;

await TanluHost.Build(args).RunAsync();

/// <summary>The entry point; named so that tests can start the host in process.</summary>
public partial class Program;
