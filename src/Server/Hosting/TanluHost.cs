using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.ResponseCompression;
using Tanlu.Server.Api;
using Tanlu.Server.Identity;
using Tanlu.Server.Jobs;
using Tanlu.Server.Web;
using Tanlu.Server.Web.Admin;
using Tanlu.Server.Web.Gallery;
using Tanlu.Server.Web.Layout;
using Tanlu.Server.Web.Measuring;

namespace Tanlu.Server.Hosting;

/// <summary>
/// The web host: services, the order of the middleware and the route tables. It reads configuration only; the command line belongs to the CLI.
/// </summary>
public static class TanluHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // The files stand beside the executable, wherever it is started from.
            ContentRootPath = AppContext.BaseDirectory,
        });
        AddServices(builder);

        var app = builder.Build();
        Watching.MarkStart(app);
        TrustedProxies.Use(app, app.Services.GetRequiredService<ServerSettings>());
        app.UseResponseCompression();
        app.UseMiddleware<SecurityHeaders>();
        app.UseErrors();
        app.UseWebFiles();
        app.UseMiddleware<LanguageChoice>();
        app.UseMiddleware<PlainQuery>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMissing();
        RateLimits.Use(app);
        app.UseAuthorization();
        UploadLimits.Use(app);
        app.UseCursors();
        app.UseAntiforgery();
        app.UseFormRefusal();
        MapRoutes(app);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        // What serves is nobody's business.
        builder.WebHost.ConfigureKestrel(o => o.AddServerHeader = false);
        var services = builder.Services;
        var settings = builder.Configuration.GetSection("Tanlu").Get<ServerSettings>() ?? new ServerSettings();
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(settings.StopSeconds));
        services.AddHttpContextAccessor();

        // The default encoder writes Chinese as character references: three times the bytes and unreadable source.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddRazorComponents();
        services.AddScoped<Ui>();
        services.AddSingleton<Navigation>();
        DataRoutes.Add(services);
        services.AddSingleton<WebFiles>();
        services.AddProblemDetails();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "tanlu.form";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.HeaderName = "X-Form-Token";
        });

        // Pages carry no secret that an attacker could guess byte by byte beside his own input: the form token is masked anew in every answer.
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true;
            o.Providers.Add<BrotliCompressionProvider>();
            o.Providers.Add<GzipCompressionProvider>();
            o.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "image/svg+xml", "application/problem+json"];
        });
        services.Configure<BrotliCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);

        Watching.Add(builder, settings);
        builder.Logging.AddFilter(typeof(BearerToken).FullName, LogLevel.Warning);
        Modules.Add(services, settings);
        RateLimits.Add(services);
        Book.Add(services);

        // After the book: where the keys lie in the database, its table must be there before the first of them is asked for.
        AddKeys(builder, settings);
        JobWorker.Add(services);
        SignInCookie.Add(services);
        services.AddScoped<SignInService>();
        PasskeySignIn.Add(services, settings);
        RightPolicies.Add(services);
        ApiRoutes.AddServices(services);
    }

    /// <summary>Keys outlive a restart, so that it does not sign everybody out: in the data folder, which is for its owner alone, or in the database that several servers share.</summary>
    private static void AddKeys(WebApplicationBuilder builder, ServerSettings settings)
    {
        var folder = Path.Combine(settings.DataPath, "keys");
        foreach (var path in new[] { settings.DataPath, folder })
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        builder.Services.AddDataProtection().SetApplicationName("tanlu").PersistKeysToFileSystem(new DirectoryInfo(folder));
        KeyRing.Add(builder.Services, settings);
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }

    private static void MapRoutes(WebApplication app)
    {
        app.MapGet("/sign-out", SignInCookie.SignOutPage).WithName("sign-out-page").ExcludeFromDescription();
        app.MapPost("/sign-out", SignInCookie.SignOut).WithName("sign-out").ExcludeFromDescription();
        PasskeySignIn.Map(app);
        if (app.Environment.IsDevelopment())
        {
            app.MapGet("/_parts", GalleryPage.Answer).WithName("parts").AllowAnonymous().ExcludeFromDescription();
            app.MapGet("/_parts/explanation", () => PageDocument.Of<GalleryExplanation>()).WithName("parts-explanation").AllowAnonymous().ExcludeFromDescription();
            app.MapGet("/_parts/still", () => TypedResults.NoContent()).WithName("parts-still").AllowAnonymous().ExcludeFromDescription();
        }

        app.MapHealth();
        app.MapMetrics();
        app.MapApi();
        app.MapFigureFiles();
        AuditFile.Map(app);
        DataRoutes.Map(app);
        app.MapRazorComponents<App>();
    }
}
