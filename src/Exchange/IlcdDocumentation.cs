namespace Tanlu.Exchange;

/// <summary>What an ILCD process says about itself.</summary>
internal static class IlcdDocumentation
{
    /// <summary>The one licence type of the format under which everybody may use and pass on a dataset.</summary>
    private const string Free = "Free of charge for all users and uses";

    public static ProcessDocumentation Of(IlcdNode node, IlcdDatasets datasets)
    {
        var information = node.At("processInformation");
        var about = information?.At("dataSetInformation");
        var method = node.At("modellingAndValidation", "LCIMethodAndAllocation");
        var treatment = node.At("modellingAndValidation", "dataSourcesTreatmentAndRepresentativeness");
        var ownership = node.At("administrativeInformation", "publicationAndOwnership");
        var licence = ownership?.Of("licenseType") ?? "";
        var compliance = node.At("modellingAndValidation", "complianceDeclarations")?.All("compliance").Select(c => datasets.NameOf(c.At("referenceToComplianceSystem"))) ?? [];
        return new ProcessDocumentation
        {
            Description = Paragraphs([about?.Best("generalComment"), .. Scenarios(about)]),
            Technology = Paragraphs(information?.At("technology")?.Best("technologyDescriptionAndIncludedProcesses"), information?.At("technology")?.Best("technologicalApplicability")),
            Geography = information?.At("geography", "locationOfOperationSupplyOrProduction")?.Best("descriptionOfRestrictions") ?? "",
            Time = information?.At("time")?.Best("timeRepresentativenessDescription") ?? "",
            Sampling = Paragraphs(treatment?.Best("samplingProcedure"), treatment?.Best("dataCollectionPeriod")),
            DataTreatment = Paragraphs(
                method?.Of("LCIMethodPrinciple"), string.Join("; ", method?.All("LCIMethodApproaches").Select(a => a.Text) ?? []), method?.Best("deviationsFromLCIMethodApproaches"),
                treatment?.Best("dataCutOffAndCompletenessPrinciples"), treatment?.Best("dataTreatmentAndExtrapolationsPrinciples"), string.Join("; ", compliance.Where(c => c.Length > 0))),
            Review = Paragraphs([.. (node.At("modellingAndValidation", "validation")?.All("review") ?? []).Select(r => Review(r, datasets))]),
            Owner = datasets.NameOf(ownership?.At("referenceToOwnershipOfDataSet")),
            Licence = Paragraphs(licence, ownership?.Best("accessRestrictions") is { } access && access != "None" ? access : null),
            Restricted = (licence.Length > 0 && licence != Free) || ownership?.At("referenceToEntitiesWithExclusiveAccess") is not null,
            Sources = [.. (treatment?.All("referenceToDataSource") ?? []).Select(datasets.NameOf).Where(s => s.Length > 0)],
        };
    }

    private static string Review(IlcdNode review, IlcdDatasets datasets)
    {
        var by = string.Join(", ", review.All("referenceToNameOfReviewerAndInstitution").Select(datasets.NameOf).Where(n => n.Length > 0));
        return string.Join(": ", new[] { review.Of("type"), by, review.Best("reviewDetails") }.Where(t => t.Length > 0));
    }

    /// <summary>What the scenarios of a declaration stand for.</summary>
    private static IEnumerable<string> Scenarios(IlcdNode? about) =>
        from extension in about?.At("other")?.Children ?? []
        from scenario in extension.Name == "scenario" ? [extension] : extension.All("scenario")
        let description = scenario.Best("description")
        where description.Length > 0
        select $"{scenario.Of("name")}: {description}";

    private static string Paragraphs(params ReadOnlySpan<string?> texts)
    {
        var kept = new List<string>();
        foreach (var text in texts)
        {
            if (!string.IsNullOrEmpty(text))
            {
                kept.Add(text);
            }
        }

        return string.Join('\n', kept);
    }
}
