using System.Runtime.InteropServices;

namespace Tanlu.Storage;

/// <summary>On Unix a renamed file survives a power loss only once its folder is flushed too, which .NET does not offer.</summary>
internal static partial class FolderEntries
{
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open {folder}: error {Marshal.GetLastPInvokeError()}.");
        }

        // Some network file systems refuse to flush a folder; the file itself is flushed already.
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
