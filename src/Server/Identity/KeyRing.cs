using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Identity;

/// <summary>
/// Where the keys of cookies lie: in the database where servers share one, so that a cookie of one is good at all of them, and otherwise in the data folder. The framework asks for
/// them once in a while and cannot await, so its thread waits.
/// </summary>
internal sealed class KeyRing(ServerKeys keys) : IXmlRepository
{
    public static void Add(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<ServerKeys>();
        if (!string.IsNullOrWhiteSpace(settings.Postgres))
        {
            services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(s => new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = new KeyRing(s.GetRequiredService<ServerKeys>())));
        }
    }

    public IReadOnlyCollection<XElement> GetAllElements() => keys.All(CancellationToken.None).GetAwaiter().GetResult().ConvertAll(XElement.Parse);

    public void StoreElement(XElement element, string friendlyName) =>
        keys.Add(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None).GetAwaiter().GetResult();
}
